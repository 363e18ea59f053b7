package dev.neostream.tokens.bpe;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Learns a {@link Tokenizer} from documents: give them with {@link #add}, then call {@link #train}.
 *
 * <p>The result depends on the documents and the options, not on the order of the documents. Not
 * thread-safe. Holds the distinct chunks of the text in memory, not the text.
 *
 * <p>Without white-space pieces every line is a text of its own, as for SentencePiece; with them a
 * document is one.
 */
public final class BpeTrainer {

  private final BpeConfig config;
  private final ChunkRule rule;
  private final ChunkCounts chunks = new ChunkCounts();

  public BpeTrainer(BpeConfig config) {
    this.config = config;
    this.rule = new ChunkRule(config.whitespacePieces());
  }

  /** Returns what is learned from some documents. */
  public static Tokenizer train(BpeConfig config, Iterable<String> documents) {
    var trainer = new BpeTrainer(config);
    documents.forEach(trainer::add);
    return trainer.train();
  }

  /**
   * Adds a document.
   *
   * @throws IllegalArgumentException if a surrogate stands alone; nothing is added then
   */
  public void add(String document) {
    add(Utf8.bytes(document));
  }

  /**
   * Adds a document.
   *
   * @throws IllegalArgumentException if it is not well-formed UTF-8
   */
  public void add(byte[] utf8) {
    byte[] text = config.dummyPrefix() ? prefixed(utf8) : utf8;
    int start = 0;
    int previous = -1;
    for (int at = 0; at < text.length; ) {
      int c = Utf8.codePointAt(text, at);
      if (at > 0 && rule.cuts(previous, c)) {
        chunks.add(text, start, at);
        start = at;
      }
      previous = c;
      at += Utf8.length(c);
    }
    if (start < text.length) {
      chunks.add(text, start, text.length);
    }
  }

  /**
   * Returns the tokenizer learned from the documents added so far.
   *
   * @throws IllegalArgumentException if the vocabulary cannot hold the alphabet
   */
  public Tokenizer train() {
    int[] alphabet = alphabet();
    int merges = config.vocabSize() - Vocabulary.FIRST_LEARNED - alphabet.length;
    if (merges < 0) {
      throw new IllegalArgumentException(
          "vocabSize must hold control, byte and alphabet pieces, raise it or lower"
              + " characterCoverage: vocabSize="
              + config.vocabSize()
              + ", alphabet="
              + alphabet.length);
    }
    var learner = new MergeLearner(chunks, alphabet, rule, config.maxPieceLength());
    List<String> pieces = new ArrayList<>(learner.learn(merges));
    for (int c : alphabet) {
      pieces.add(Character.toString(c));
    }
    return new Tokenizer(Vocabulary.ofLearned(pieces), config.dummyPrefix());
  }

  /** Returns the characters to learn, most frequent first. */
  private int[] alphabet() {
    long[] counts = new long[Character.MAX_CODE_POINT + 1];
    long total = 0;
    byte[] text = chunks.bytes();
    for (int chunk = 0; chunk < chunks.size(); chunk++) {
      for (int at = chunks.start(chunk); at < chunks.end(chunk); ) {
        int c = Utf8.codePointAt(text, at);
        at += Utf8.length(c);
        if (c == '\n' && !config.whitespacePieces()) {
          continue; // between two texts
        }
        counts[c] += chunks.count(chunk);
        total += chunks.count(chunk);
      }
    }
    var characters = new ArrayList<Integer>();
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] > 0) {
        characters.add(c);
      }
    }
    characters.sort(
        Comparator.<Integer>comparingLong(c -> -counts[c])
            .thenComparingInt(MergeLearner::textOrder));
    var alphabet = new ArrayList<Integer>();
    long covered = 0;
    for (int c : characters) {
      // In float, as SentencePiece: the last bit decides which character is the last.
      if ((float) covered / total >= (float) config.characterCoverage()) {
        break;
      }
      covered += counts[c];
      if (rule.learnable(c)) {
        alphabet.add(c);
      }
    }
    return alphabet.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Returns the document with a space before each text in it. */
  private byte[] prefixed(byte[] utf8) {
    var text = new ByteArrayOutputStream(utf8.length + 1);
    boolean starts = true;
    for (byte b : utf8) {
      boolean endsLine = b == '\n' && !config.whitespacePieces();
      if (starts && !endsLine) {
        text.write(' ');
      }
      text.write(b);
      starts = endsLine;
    }
    return text.toByteArray();
  }
}
