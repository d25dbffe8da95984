package dev.wakebox.local;

/** The AWS account and the region that the local application stands for. */
final class LocalAccount {
    static final String ID = "000000000000";

    static final String REGION = "us-east-1";

    /** The only valid credentials of the administrator, as key id and as secret. */
    static final String ACCESS_KEY = "test";

    private LocalAccount() {}
}
