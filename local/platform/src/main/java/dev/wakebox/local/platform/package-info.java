/** A stand-in of the video-analysis platform, over real HTTP. */
@NullMarked
package dev.wakebox.local.platform;

import org.jspecify.annotations.NullMarked;
