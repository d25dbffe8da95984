/** A stand-in of the mentors' GraphQL server. */
@NullMarked
package dev.wakebox.local.graphql;

import org.jspecify.annotations.NullMarked;
