package dev.wakebox.functions.classifierfollowups;

/** What something with a name is, as far as that can be told. */
enum NameKind {
    PERSON,
    PLACE,
    ORGANISATION,
    /** A day, a language, a book and the like. */
    OTHER,
    UNKNOWN
}
