package dev.wakebox.functions.classifierfollowups;

/** The kinds of entities that are asked about, in the order of the questions. */
enum Kind {
    FAMILY("family", "Can you tell me more about your {entity}?"),
    PERSON("person", "Can you tell me more about {entity}?"),
    PLACE("place", "What was {entity} like?"),
    ORGANISATION("organisation", "What is {entity}?");

    private final String label;
    private final String template;

    Kind(String label, String template) {
        this.label = label;
        this.template = template;
    }

    String label() {
        return label;
    }

    /** The question, with {@code {entity}} in place of the entity. */
    String template() {
        return template;
    }
}
