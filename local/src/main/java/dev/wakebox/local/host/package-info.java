/** What the application needs of this computer: ports, processes, directories and files. */
@NullMarked
package dev.wakebox.local.host;

import org.jspecify.annotations.NullMarked;
