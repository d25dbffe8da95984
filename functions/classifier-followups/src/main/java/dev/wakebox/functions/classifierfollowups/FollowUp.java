package dev.wakebox.functions.classifierfollowups;

/** A proposed question and the entity that it asks about. */
record FollowUp(Kind kind, String entity) {
    String question() {
        return kind.template().replace("{entity}", entity);
    }
}
