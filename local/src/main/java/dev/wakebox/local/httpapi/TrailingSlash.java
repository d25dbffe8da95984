package dev.wakebox.local.httpapi;

/**
 * How API Gateway treats a slash at the end of a path. AWS does not document it. Users report each of the first two,
 * and the third is a possible meaning of the documentation of {@code {proxy+}}.
 *
 * @see <a href="https://github.com/aws-powertools/powertools-lambda-python/issues/1552">reaches the same function</a>
 * @see <a href="https://github.com/storacha/w3infra/pull/166">needs a second, greedy route</a>
 */
enum TrailingSlash {
    /** The path is matched without the slash. */
    IGNORED,

    /** The slash belongs to the path; a greedy route matches it with an empty {@code {proxy+}}. */
    GREEDY,

    /** The slash belongs to the path; a greedy route matches only if {@code {proxy+}} is not empty. */
    SEGMENT
}
