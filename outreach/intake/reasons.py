"""Why a row, or a cell of it, was not taken as it stood, and how a clerk mends it.

One table: the code is stable and meant for machines, the sentences are meant for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong (årsag), and the mend; both may name facts in braces."""

    why: str
    mend: str


_TEXT_CELLS = (
    "Spreadsheets drop leading zeros and shorten long numbers: give the column the format Text."
)
_DAY = "Write it as 24-12-2026, 24.12.2026, 24/12/2026 or 2026-12-24."
_SUM = "Write it as 1.234,50 or 1234.50, in kroner."

_AT_THE_BANK = "Look the transaction up at the bank, and book it with a payments file (CSV)."
_SAY_COVERED = (
    "When all payments are loaded, say so with a payments file that has only covers_until."
)

REASONS: Final[dict[str, Reason]] = {
    # the row as a whole
    "cell_count": Reason(
        "The row has {found} cells and the header has {expected}.",
        "Look for a separator too many or too few. A cell that itself holds the separator"
        ' ({delimiter}) must stand in double quotes: "1.234,50".',
    ),
    "quotes": Reason(
        "A double quote in the row is not closed, or text follows right after it.",
        'Put quotes around the whole cell and double those inside it: "Café ""Solen""".',
    ),
    "line_too_long": Reason(
        "The line is longer than {limit} characters.",
        "It is probably several rows whose line ends were lost: export the file again.",
    ),
    "database_refused": Reason(
        "The database refused the row ({rule}).",
        "Check the row's cells against each other; if they look right, send the line to support.",
    ),
    # any cell
    "required": Reason("{column} is empty, and it is required.", "Fill it in."),
    "formula": Reason(
        "A spreadsheet would take it for a formula.", "Begin it with a letter or a digit."
    ),
    "too_long": Reason("It is longer than {limit} characters.", "Shorten it."),
    "control_character": Reason(
        "It holds a character that cannot be seen or printed.",
        "Type the cell anew instead of pasting it.",
    ),
    "not_a_date": Reason("It is not a date that exists.", _DAY),
    "date_out_of_range": Reason(
        "The date lies before {first} or after {last}.", f"Check the year. {_DAY}"
    ),
    "future_date": Reason(
        "The day has not been yet (today is {today}).",
        "A file can only speak of today and the days before: correct the date.",
    ),
    "not_an_amount": Reason("It is not a sum of money.", _SUM),
    "not_yes_or_no": Reason("It is neither yes nor no.", "Write ja or nej (or leave it empty)."),
    "not_a_number": Reason(
        "It is not a whole number from {least} to {most}.", "Write digits only."
    ),
    # claims
    "not_a_debtor_number": Reason(
        "It is neither a CPR number nor a CVR number: {detail}.",
        f"Write 10 digits (CPR) or 8 digits (CVR). {_TEXT_CELLS}",
    ),
    "cpr_mod_11": Reason(
        "The CPR number fails the mod 11 check. Such numbers exist since 2007; the row was taken.",
        "Check the number for a slip of the finger; if it is right, do nothing.",
    ),
    "co_debtor_is_debtor": Reason(
        "The debtor stands among the co-debtors too; that number was passed over.",
        "Name only the others in co_debtors.",
    ),
    "not_a_debtor_kind": Reason(
        "It is neither person nor business.", "Write person or business, or leave it empty."
    ),
    "debtor_kind_differs": Reason(
        "It does not agree with debtor_id, which is the number of a {kind}.",
        "Correct the one that is wrong, or leave debtor_kind empty.",
    ),
    "unknown_language": Reason(
        "The assistant does not write this language; the citizen will be written to in Danish.",
        "Write da or en.",
    ),
    "not_a_phone": Reason(
        "It is not a telephone number.",
        f"Write 8 digits, or a foreign number with + and country code. {_TEXT_CELLS}",
    ),
    "not_an_email": Reason("It is not an e-mail address.", "Write it as name@example.dk."),
    "unreachable": Reason(
        "The row has neither a phone nor an email, so nobody can be reached.",
        "Fill in one of the two; a debtor without either gets the ordinary letters.",
    ),
    "unknown_claim_type": Reason(
        "There is no such claim type.", "Use one of: {known}; or its Danish name."
    ),
    "principal_not_positive": Reason(
        "A claim must be larger than zero.",
        "Leave credits out of the claims file; what was paid belongs in the payments file.",
    ),
    "due_before_bill": Reason(
        "The last day to pay ({due}) lies before the day the bill was sent.",
        "Correct due_date or bill_sent_on; perhaps the two are swapped.",
    ),
    "period_backwards": Reason(
        "The period ends before it starts.", "Correct period_start or period_end."
    ),
    "state_collects": Reason(
        "{claim_type} for tax years after {last} is collected by the state, not the municipality.",
        "Take the row out, or correct tax_year.",
    ),
    "tax_year_missing": Reason(
        "{claim_type} is the municipality's to collect up to tax year {last} only, and the row"
        " names no tax year; it was taken.",
        "Fill in tax_year, so that nobody is chased for what the state collects.",
    ),
    "not_a_payment_id": Reason(
        "A payment id (betalings-id) has digits only, at most {limit}.",
        f"Copy the digits between < and + on the giro slip. {_TEXT_CELLS}",
    ),
    "payment_id_check_digit": Reason(
        "The last digit of the payment id does not fit the others (card type 71); taken as it is.",
        "Compare it with the bill, or the payment may not find its claim.",
    ),
    "not_a_creditor_no": Reason(
        "A creditor number (FI-kreditornummer) has 8 digits.",
        f"Copy the digits after + on the giro slip. {_TEXT_CELLS}",
    ),
    "claim_twice": Reason(
        "The same claim_ref stands in line {first} of this file, with other contents.",
        "Keep the row that is right and take the other out. Line {first} was used.",
    ),
    "claim_repeated": Reason(
        "The row repeats line {first} in every cell; it was passed over.", "Take one of them out."
    ),
    "citizen_differs": Reason(
        "Line {first} of this file says otherwise about the same debtor ({columns}); line {first}"
        " was used. The claim itself was taken.",
        "Make the rows agree.",
    ),
    "debtor_changed": Reason(
        "The claim is known under another debtor, who has already been written to or has an"
        " agreement about it.",
        "Close the claim in the ledger and bill the right debtor under a new claim_ref.",
    ),
    # payments
    "no_claim_named": Reason("The row names no claim.", "Fill in claim_ref, or else payment_id."),
    "unknown_claim": Reason(
        "No claim of this municipality has that reference.",
        "Check the reference. If it is right, import the claims first, then this file again.",
    ),
    "claim_to_come": Reason(
        "No claim of this municipality has that reference; the money waits for a person.",
        "If the reference is right, import the claims: the money is placed as they come."
        " Else place it at the desk.",
    ),
    "claim_by_payment_id": Reason(
        "No claim has that claim_ref; the payment was booked on the claim with the payment_id.",
        "Check the claim_ref.",
    ),
    "payment_id_of_others": Reason(
        "Several citizens have claims with that payment_id; the money waits for a person.",
        "Place it at the desk, or fill in claim_ref to say which claim was paid.",
    ),
    "payment_id_wrong": Reason(
        "The payment_id's last digit does not fit the others, and no claim has it; the money waits"
        " for a person.",
        "Place it at the desk; what comes near is suggested there.",
    ),
    "unknown_creditor": Reason(
        "The creditor number is none of this municipality's; the money waits for a person.",
        "Check that the file is this municipality's, and place the money at the desk.",
    ),
    "other_creditor": Reason(
        "The claim with that payment_id has another creditor number; the money waits for a person.",
        "Compare it with the bill, and place the money at the desk.",
    ),
    "names_nobody": Reason(
        "The payment names no claim; the money waits for a person.",
        "Place it at the desk; what comes near is suggested there.",
    ),
    "bundled": Reason(
        "The bank tells of {count} payments as one sum; it was not booked.",
        "Load the camt.054 with the single payments, or a payments file (CSV).",
    ),
    "not_kroner": Reason("Only kroner (DKK) are booked.", "Book what the bank made of it in DKK."),
    "claims_disagree": Reason(
        "claim_ref and payment_id belong to two different claims; the money waits for a person.",
        "Place it at the desk.",
    ),
    "payment_zero": Reason(
        "A payment cannot be zero.", "Write what was paid; a reversal is below zero."
    ),
    "payment_differs": Reason(
        "The payment is known already, with another {differs}.",
        "A payment is never rewritten: send a reversal (amount below zero) and the right payment,"
        " each with a payment_ref of its own.",
    ),
    "below_zero": Reason(
        "The reversal takes back more than has been paid on the claim ({paid} kr.); it waits.",
        "When the payment it takes back comes in, it is booked by itself; else look at it at the"
        " desk.",
    ),
    "takes_back_more": Reason(
        "The reversal takes back {left} kr. more than still stands of its payment; that waits for a"
        " person.",
        "Look at the payment at the desk: perhaps some of it was sent back already.",
    ),
    "overpaid": Reason(
        "More has now been paid than the claim is on ({owed} kr.); taken as it is.",
        "Perhaps the payment belongs to another claim, or some of it must be paid back.",
    ),
    # acknowledgements of hand-overs
    "unknown_status": Reason("There is no such status.", "Use one of: {known}."),
    "not_our_reference": Reason(
        "It is not one of our references, such as S12-3.",
        "Copy hand_over_ref from the file the claim was handed over in, or leave it empty.",
    ),
    "reference_needed": Reason(
        "The row has neither a hand_over_ref nor a their_ref, so which hand-over it means is"
        " a guess.",
        "Fill in one of the two; hand_over_ref stands in the file the claim left in.",
    ),
    "references_disagree": Reason(
        "hand_over_ref and their_ref belong to two different hand-overs.",
        "Correct the one that is wrong, or leave hand_over_ref empty.",
    ),
    "reason_needed": Reason(
        "A claim that comes back needs a reason_code or a reason.",
        "Copy what the recipient wrote, so that a caseworker can mend it.",
    ),
    "write_down_zero": Reason(
        "A write-down must be larger than zero.", "Write by how much the claim was reduced."
    ),
    "amount_below_zero": Reason("The amount is below zero.", "Write it without the minus."),
    "never_filed": Reason(
        "The claim has never been in a file to a recipient.",
        "Check the reference; what still waits is seen with: mindelig hand-over list.",
    ),
    "unknown_hand_over": Reason(
        "The claim was handed over, but not under that reference.",
        "Compare it with mindelig hand-over list --all.",
    ),
    "impossible_answer": Reason(
        "A hand-over that is {state} cannot become {status}.",
        "Check the order of the rows, and that the answer is about the claim's last hand-over.",
    ),
    "amount_above_claim": Reason(
        "The amount is above what was handed over ({total} kr., of which {already} kr. are"
        " written down already).",
        "Check the amount, and that it is in kroner.",
    ),
    # bank files
    "bank_no_day": Reason("The bank gives no booking day and no value day.", _AT_THE_BANK),
    "bank_day": Reason("It is not a day that exists.", _AT_THE_BANK),
    "bank_day_out_of_range": Reason("The day lies before {first} or after {last}.", _AT_THE_BANK),
    "bank_amount": Reason("It is not a sum in whole øre.", _AT_THE_BANK),
    "bank_zero": Reason("The sum is zero.", _AT_THE_BANK),
    "bank_currency": Reason("It is in {currency}, and only {expected} is booked.", _AT_THE_BANK),
    "bank_direction": Reason(
        "The bank does not say whether the money came in or went out.", _AT_THE_BANK
    ),
    "bank_status": Reason("The bank does not say that it is booked.", _AT_THE_BANK),
    "bank_batch": Reason(
        "The entry is on {entry} kr., but its {count} transactions come to {sum}.",
        "Ask the bank for the file anew. None of the transactions was booked.",
    ),
    "bank_bundle": Reason(
        "The bank booked {count} payments as sums, without saying whose, so payments until {day}"
        " are not all known.",
        f"Load the camt.054 with the single payments. {_SAY_COVERED}",
    ),
    "bank_more_pages": Reason(
        "The statement (page {page}) goes on in other files, so no file tells that it is whole.",
        f"Load every page. {_SAY_COVERED}",
    ),
    "bank_no_closing_balance": Reason(
        "The statement has no closing booked balance (CLBD), so it does not tell until which day"
        " all payments are known.",
        f"Ask the bank for statements of whole days. {_SAY_COVERED}",
    ),
    "bank_balance_differs": Reason(
        "Opening balance and entries come to {expected} kr., and the closing balance is {found}"
        " kr.: entries are missing.",
        f"Ask the bank for the statement anew. {_SAY_COVERED}",
    ),
    "bank_day_not_over": Reason(
        "The statement closes on {day}, and today is {today}.",
        "Load the statement of that day once the day is over.",
    ),
}
