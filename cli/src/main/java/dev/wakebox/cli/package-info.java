/** The commands of {@code ./wakebox} for a running application. They use only its public endpoints. */
@NullMarked
package dev.wakebox.cli;

import org.jspecify.annotations.NullMarked;
