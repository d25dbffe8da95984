package dev.wakebox.jobs;

class InMemoryUsageLedgerTest extends UsageLedgerContract {
    private final InMemoryUsageLedger ledger = new InMemoryUsageLedger();

    @Override
    protected UsageLedger ledger() {
        return ledger;
    }
}
