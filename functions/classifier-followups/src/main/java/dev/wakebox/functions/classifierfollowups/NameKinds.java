package dev.wakebox.functions.classifierfollowups;

/** Determines the kind of a name. Implementations are thread-safe. */
@FunctionalInterface
interface NameKinds {
    NameKind of(Name name);

    /** Uses the other for names whose kind this one can't determine. */
    default NameKinds orElse(NameKinds other) {
        return name -> {
            NameKind kind = of(name);
            return kind == NameKind.UNKNOWN ? other.of(name) : kind;
        };
    }
}
