package dev.wakebox.functions.classifierfollowups;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
    private final Set<String> titles;

    /** @param titles words that may stand before a name with a full stop, in lower case */
    SentenceReader(Set<String> titles) {
        this.titles = Set.copyOf(titles);
        sentences = model("sentence", SentenceModel::new);
        tokens = model("tokens", TokenizerModel::new);
        tags = model("pos", POSModel::new);
    }

    List<Sentence> read(String text) {
        var tokenizer = new TokenizerME(tokens);
        var tagger = new POSTaggerME(tags);
        var read = new ArrayList<Sentence>();
        for (String sentence : sentences(text)) {
            Span[] spans = tokenizer.tokenizePos(sentence);
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

    /** The model takes the full stop of "Mrs." for the end of a sentence. */
    private List<String> sentences(String text) {
        var joined = new ArrayList<String>();
        boolean open = false;
        for (String sentence : new SentenceDetectorME(sentences).sentDetect(text)) {
            if (open) {
                sentence = joined.removeLast() + " " + sentence;
            }
            joined.add(sentence);
            String last = sentence.substring(sentence.lastIndexOf(' ') + 1);
            open = last.endsWith(".") && titles.contains(WordList.key(last));
        }
        return joined;
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
