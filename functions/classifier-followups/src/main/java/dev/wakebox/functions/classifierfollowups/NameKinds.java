package dev.wakebox.functions.classifierfollowups;

/** Tells what a name is the name of. Implementations are thread-safe. */
@FunctionalInterface
interface NameKinds {
    NameKind of(Name name);

    /** Asks the other about names that this one can't tell. */
    default NameKinds orElse(NameKinds other) {
        return name -> {
            NameKind kind = of(name);
            return kind == NameKind.UNKNOWN ? other.of(name) : kind;
        };
    }
}
