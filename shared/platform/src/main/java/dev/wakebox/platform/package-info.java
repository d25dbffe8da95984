/** The video-analysis platform: its API, its token, and where its URLs may lead. */
@NullMarked
package dev.wakebox.platform;

import org.jspecify.annotations.NullMarked;
