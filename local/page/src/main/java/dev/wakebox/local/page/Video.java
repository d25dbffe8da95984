package dev.wakebox.local.page;

import static java.util.Objects.requireNonNull;

/**
 * A video that a user of the page uploads.
 *
 * @param name of the file, as the user sees it
 * @param email of the user
 * @param userName of the user
 * @param defaultMatrix whether the user chose the default matrix
 */
public record Video(String id, String name, String email, String userName, boolean defaultMatrix) {
    public Video {
        requireNonNull(id, "id is null");
        requireNonNull(name, "name is null");
        requireNonNull(email, "email is null");
        requireNonNull(userName, "userName is null");
    }
}
