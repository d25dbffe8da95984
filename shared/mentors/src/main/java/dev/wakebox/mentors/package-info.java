/** The recorded answers of mentors, and their sources: a GraphQL server, or files in a bucket. */
@NullMarked
package dev.wakebox.mentors;

import org.jspecify.annotations.NullMarked;
