/** A stand-in of the GraphQL server that knows the mentors. */
@NullMarked
package dev.wakebox.local.graphql;

import org.jspecify.annotations.NullMarked;
