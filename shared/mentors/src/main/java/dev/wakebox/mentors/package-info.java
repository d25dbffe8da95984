/** What mentors have recorded, and where it is known: a GraphQL server, or files in a bucket. */
@NullMarked
package dev.wakebox.mentors;

import org.jspecify.annotations.NullMarked;
