#!/usr/bin/env python3
"""Draws banking77-sample.csv from BANKING77's train.csv: python3 make-sample.py path/to/train.csv

The same input gives the same bytes: of each chosen intent the questions with the smallest SHA-256 are taken,
in the order of those.
"""
import csv
import hashlib
import pathlib
import sys

ROWS_PER_INTENT = 70
INTENTS = [
    "activate_my_card",
    "age_limit",
    "apple_pay_or_google_pay",
    "atm_support",
    "automatic_top_up",
    "beneficiary_not_allowed",
    "cancel_transfer",
    "card_arrival",
    "card_linking",
    "card_payment_fee_charged",
    "change_pin",
    "country_support",
    "declined_cash_withdrawal",
    "edit_personal_details",
    "exchange_rate",
    "getting_spare_card",
    "lost_or_stolen_phone",
    "passcode_forgotten",
    "request_refund",
    "terminate_account",
    "transaction_charged_twice",
    "verify_source_of_funds",
]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def label(intent: str) -> str:
    return intent.replace("_", " ").capitalize()


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    questions = {intent: set() for intent in INTENTS}
    with open(sys.argv[1], newline="", encoding="utf-8") as source:
        for row in csv.DictReader(source):
            if row["category"] in questions:
                questions[row["category"]].add(" ".join(row["text"].split()))
    chosen = []
    for intent, texts in questions.items():
        if len(texts) < ROWS_PER_INTENT:
            sys.exit(f"{intent} has {len(texts)} questions; {ROWS_PER_INTENT} are needed")
        chosen += [(text, label(intent)) for text in sorted(texts, key=digest)[:ROWS_PER_INTENT]]
    chosen.sort(key=lambda row: digest(row[0]))
    sample = pathlib.Path(__file__).with_name("banking77-sample.csv")
    with sample.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(["input", "label"])
        writer.writerows(chosen)
    print(f"{sample.name}: {len(chosen)} questions in {len(INTENTS)} intents")


if __name__ == "__main__":
    main()
