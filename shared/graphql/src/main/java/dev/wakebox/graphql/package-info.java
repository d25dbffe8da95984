/** The client of the mentors' GraphQL server: operations, permissions to edit a mentor, and reports of trainings. */
@NullMarked
package dev.wakebox.graphql;

import org.jspecify.annotations.NullMarked;
