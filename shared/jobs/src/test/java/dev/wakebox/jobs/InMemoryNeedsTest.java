package dev.wakebox.jobs;

class InMemoryNeedsTest extends NeedsContract {
    private final InMemoryNeeds needs = new InMemoryNeeds();

    @Override
    protected Needs needs() {
        return needs;
    }
}
