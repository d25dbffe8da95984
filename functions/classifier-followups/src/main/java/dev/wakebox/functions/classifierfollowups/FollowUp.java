package dev.wakebox.functions.classifierfollowups;

/** A question that follows from an answer. */
record FollowUp(Kind kind, String entity) {
    String question() {
        return kind.template().replace("{entity}", entity);
    }
}
