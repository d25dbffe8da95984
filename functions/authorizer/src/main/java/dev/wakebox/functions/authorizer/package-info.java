/** Who may call: API Gateway asks about every request that needs a token. */
@NullMarked
package dev.wakebox.functions.authorizer;

import org.jspecify.annotations.NullMarked;
