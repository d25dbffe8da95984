/** The client of the video-analysis platform: its API, its token, and the hosts that its URLs may name. */
@NullMarked
package dev.wakebox.platform;

import org.jspecify.annotations.NullMarked;
