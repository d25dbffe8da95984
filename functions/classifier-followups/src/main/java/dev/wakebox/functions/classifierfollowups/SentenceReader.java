package dev.wakebox.functions.classifierfollowups;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import opennlp.tools.postag.POSModel;
import opennlp.tools.postag.POSTaggerME;
import opennlp.tools.sentdetect.SentenceDetectorME;
import opennlp.tools.sentdetect.SentenceModel;
import opennlp.tools.tokenize.TokenizerME;
import opennlp.tools.tokenize.TokenizerModel;
import opennlp.tools.util.Span;

/** Splits English text into sentences and words with their parts of speech. Thread-safe. */
final class SentenceReader {
    private final SentenceModel sentences;
    private final TokenizerModel tokens;
    private final POSModel tags;
    private final Gazetteer gazetteer;

    SentenceReader(Gazetteer gazetteer) {
        this.gazetteer = requireNonNull(gazetteer, "gazetteer is null");
        sentences = model("sentence", SentenceModel::new);
        tokens = model("tokens", TokenizerModel::new);
        tags = model("pos", POSModel::new);
    }

    List<Sentence> read(String text) {
        var tokenizer = new TokenizerME(tokens);
        var tagger = new POSTaggerME(tags);
        var read = new ArrayList<Sentence>();
        for (String sentence : sentences(text)) {
            Span[] spans = words(sentence, tokenizer.tokenizePos(sentence));
            String[] words = Span.spansToStrings(spans, sentence);
            String[] partsOfSpeech = tagger.tag(words);
            var tagged = new ArrayList<Sentence.Word>();
            for (int i = 0; i < words.length; i++) {
                tagged.add(new Sentence.Word(words[i], partsOfSpeech[i], spans[i].getStart()));
            }
            read.add(new Sentence(sentence, tagged));
        }
        return read;
    }

    /** The model treats the full stop of "Mrs." as the end of a sentence, and sometimes that of "Inc.". */
    private List<String> sentences(String text) {
        var joined = new ArrayList<String>();
        for (String sentence : new SentenceDetectorME(sentences).sentDetect(text)) {
            boolean goesOn = !joined.isEmpty() && goesOn(joined.getLast().split(" ", -1), sentence);
            joined.add(goesOn ? joined.removeLast() + " " + sentence : sentence);
        }
        return joined;
    }

    private boolean goesOn(String[] words, String next) {
        String last = words[words.length - 1];
        boolean initial = last.matches("\\p{Lu}\\.")
                && (words.length == 1 || Character.isUpperCase(words[words.length - 2].codePointAt(0)));
        return initial
                || gazetteer.abbreviationBeforeName(last)
                || (gazetteer.abbreviation(last) && Character.isLowerCase(next.codePointAt(0)));
    }

    /** The tokens, in which a full stop belongs to an abbreviation before it and to no other word. */
    private Span[] words(String sentence, Span[] tokens) {
        var words = new ArrayList<Span>();
        int from = 0;
        for (Span token : tokens) {
            int start = Math.max(from, token.getStart());
            int end = Math.max(token.getEnd(), endOfInitials(sentence, start));
            if (sentence.startsWith(".", end) && abbreviated(sentence, start, end + 1)) {
                end++;
            } else if (end - start > 1
                    && sentence.charAt(end - 1) == '.'
                    && Character.isLetter(sentence.charAt(end - 2))
                    && !abbreviated(sentence, start, end)) {
                words.add(new Span(start, end - 1));
                start = end - 1;
            }
            if (start < end) {
                words.add(new Span(start, end));
            }
            from = end;
        }
        return words.toArray(Span[]::new);
    }

    /** The end of an abbreviation such as "U.S.S.R." that begins here; the model splits it at any full stop. */
    private static int endOfInitials(String sentence, int start) {
        Matcher initials = Gazetteer.INITIALS.matcher(sentence).region(start, sentence.length());
        return initials.lookingAt() ? initials.end() : start;
    }

    /** Whether it is an abbreviation with its full stop; a single letter is one only before a name. */
    private boolean abbreviated(String sentence, int start, int end) {
        String word = sentence.substring(start, end);
        return gazetteer.abbreviation(word)
                || (word.matches("\\p{Lu}\\.") && sentence.substring(end).matches("(?s)\\s?\\p{Lu}\\p{L}.*"));
    }

    private interface Loader<T> {
        T load(InputStream model) throws IOException;
    }

    private static <T> T model(String name, Loader<T> loader) {
        String file = "/opennlp-en-ud-ewt-" + name + "-1.3-2.5.4.bin";
        try (InputStream model = SentenceReader.class.getResourceAsStream(file)) {
            if (model == null) {
                throw new WakeboxException(ErrorCode.INTERNAL, "The language model " + file + " is missing.");
            }
            return loader.load(model);
        } catch (IOException e) {
            throw new WakeboxException(ErrorCode.INTERNAL, "The language model " + file + " cannot be read.", e);
        }
    }
}
