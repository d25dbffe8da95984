/** What every service of AWS has in common for us. */
@NullMarked
package dev.wakebox.aws;

import org.jspecify.annotations.NullMarked;
