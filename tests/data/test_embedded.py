"""The embedded PostgreSQL starts wherever the clone lies."""

import psycopg

from data.database import libpq, start_embedded


def test_a_folder_with_a_blank_in_its_name_serves_and_is_found_again(tmp_path):
    folder = tmp_path / "Kommunens filer" / "postgres"
    address = start_embedded(folder, "blank_test")
    with psycopg.connect(libpq(address)) as connection:
        connection.execute("create table kept (id int)")
    assert start_embedded(folder, "blank_test") == address
