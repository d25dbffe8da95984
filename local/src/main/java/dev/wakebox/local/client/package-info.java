/** What {@code ./wakebox} does to a running application: all of it through the application's public endpoints. */
@NullMarked
package dev.wakebox.local.client;

import org.jspecify.annotations.NullMarked;
