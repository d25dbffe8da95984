/** The authorizer of the routes that need a token. */
@NullMarked
package dev.wakebox.functions.authorizer;

import org.jspecify.annotations.NullMarked;
