/** Reads secrets from Secrets Manager and Systems Manager; they are never in environment variables. */
@NullMarked
package dev.wakebox.secrets;

import org.jspecify.annotations.NullMarked;
