package dev.wakebox.functions.classifierfollowups;

/** The kind of thing that a name denotes, if it can be determined. */
enum NameKind {
    PERSON,
    PLACE,
    ORGANISATION,
    /** A day, a language, a book or another thing. */
    OTHER,
    UNKNOWN
}
