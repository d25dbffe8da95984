package dev.wakebox.functions.classifierfollowups;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds members of the speaker's own family. Immutable. */
final class Family {
    private static final Set<String> OURS = Set.of("my", "our");
    private static final Set<String> FIRST_PERSON = Set.of("i", "me", "my", "we", "us", "our");
    /** "My mother tongue" is not about a mother. */
    private static final Set<String> COMPOUNDS =
            Set.of("tongue", "figure", "figures", "ship", "ships", "company", "nature");

    private final Map<String, String> members = new HashMap<>();

    /** @param word its index in the sentence */
    record Mention(String member, int word) {}

    Family() {
        for (String line : WordList.lines("family.csv")) {
            int comma = line.indexOf(',');
            for (String word : line.substring(comma + 1).split("\\|", -1)) {
                members.put(word, line.substring(0, comma));
            }
        }
    }

    /** The standard word for the family member, such as "mother" for "mom". */
    Optional<String> member(String word) {
        String key = WordList.key(word);
        return Optional.ofNullable(members.get(key.endsWith("'s") ? key.substring(0, key.length() - 2) : key));
    }

    List<Mention> in(Sentence sentence) {
        var mentions = new ArrayList<Mention>();
        for (int i = 0; i < sentence.words().size(); i++) {
            Optional<String> member = member(sentence.lower(i));
            if (member.isPresent() && ofTheSpeaker(sentence, i)) {
                mentions.add(new Mention(member.get(), i));
            }
        }
        return mentions;
    }

    private static boolean ofTheSpeaker(Sentence sentence, int i) {
        String after = sentence.lower(i + 1);
        boolean title = sentence.words().get(i).capitalized()
                && i + 1 < sentence.words().size()
                && sentence.words().get(i + 1).capitalized();
        if (COMPOUNDS.contains(after) || after.equals("-") || title) {
            return false;
        }
        for (int j = i - 1; j >= 0; j--) {
            Sentence.Word word = sentence.words().get(j);
            if (word.is("PRON")) {
                if (OURS.contains(word.lower())) {
                    return true;
                }
                if (Set.of("his", "her", "their", "your", "its").contains(word.lower())) {
                    return false;
                }
                break;
            }
            if (word.lower().endsWith("'s")) {
                return false;
            }
            if (!word.is("ADJ")
                    && !word.is("NUM")
                    && !word.is("NOUN")
                    && !word.text().equals("-")) {
                break;
            }
        }
        return sentence.words().stream().anyMatch(word -> FIRST_PERSON.contains(word.lower()));
    }
}
