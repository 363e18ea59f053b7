package dev.neostream.tokens.bpe;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A byte-level byte-pair tokenizer, as GPT-2's, GPT-NeoX's, Llama 3's and Qwen's are (Radford et
 * al. 2019, section 2.2; the rules are those of Hugging Face's {@code tokenizers}). Immutable and
 * thread-safe; each thread that encodes holds 5 MiB of cache.
 *
 * <ol>
 *   <li>Added pieces that are looked for in the text as it came are cut out.
 *   <li>What is between is normalised, where the tokenizer says so.
 *   <li>Added pieces that are looked for in normalised text are cut out.
 *   <li>What is between is cut into words.
 *   <li>The bytes of a word are merged: of all neighbours that merge the pair of the earliest merge
 *       first, the leftmost of equals.
 * </ol>
 *
 * <p>{@code decode(encode(text))} is {@code text} for every Unicode text, but for what is
 * normalised and for white space that an added piece strips. Control ids are never produced: {@code
 * <|endoftext|>} in a text is the characters it is made of.
 */
public final class ByteLevelTokenizer implements TextCodec {

  private final ByteLevelVocabulary vocabulary;
  private final WordPattern pattern;
  private final boolean nfc;
  private final ByteMerges merges;
  private final AddedPieces raw;
  private final AddedPieces normalized;
  private final String fingerprint;
  private final ThreadLocal<Words> words;

  /**
   * @param pattern how text is cut into words
   * @param nfc whether text is brought into Unicode's normal form C first
   * @throws IllegalArgumentException if two added pieces are the same text once normalised
   */
  public ByteLevelTokenizer(ByteLevelVocabulary vocabulary, WordPattern pattern, boolean nfc) {
    this.vocabulary = vocabulary;
    this.pattern = pattern;
    this.nfc = nfc;
    this.merges = new ByteMerges(vocabulary);
    this.raw =
        new AddedPieces(
            vocabulary.added().stream().filter(piece -> !piece.normalized()).toList(),
            text -> text);
    this.normalized =
        new AddedPieces(
            vocabulary.added().stream().filter(AddedPiece::normalized).toList(),
            text -> nfc ? Nfc.of(text) : text);
    this.fingerprint = computeFingerprint();
    this.words = ThreadLocal.withInitial(Words::new);
  }

  @Override
  public int[] encode(byte[] utf8) {
    Words ofThread = words.get();
    ofThread.chunks.begin();
    raw.split(utf8, 0, utf8.length, new Normalizing(ofThread));
    return ofThread.chunks.finish();
  }

  /** Normalises what stands between the pieces of the text as it came. */
  private final class Normalizing implements AddedPieces.Sink {

    private final Words next;

    Normalizing(Words next) {
      this.next = next;
    }

    @Override
    public void text(byte[] text, int from, int to) {
      byte[] changed = nfc ? Nfc.changed(text, from, to) : null;
      if (changed == null) {
        normalized.split(text, from, to, next);
      } else {
        normalized.split(changed, 0, changed.length, next);
      }
    }

    @Override
    public void piece(int id) {
      next.piece(id);
    }
  }

  /** Cuts into words what stands between all pieces, and encodes them. Not thread-safe. */
  private final class Words implements AddedPieces.Sink {

    private final ChunkEncoder chunks = new ChunkEncoder(merges);

    @Override
    public void piece(int id) {
      chunks.add(id);
    }

    @Override
    public void text(byte[] text, int from, int to) {
      for (int start = from; start < to; ) {
        int end = pattern.end(text, start, to);
        if (text[end - 1] >= 0 && end - start <= ChunkEncoder.KEY_BYTES) {
          chunks.add(text, start, end, true);
        } else {
          addInParts(text, start, end);
        }
        start = end;
      }
    }

    /**
     * Adds a word that is long, or of a script that puts no spaces between words: few of these have
     * been seen before, most of their parts have.
     */
    private void addInParts(byte[] text, int from, int to) {
      int start = from;
      int previous = Utf8.codePointAt(text, from);
      for (int at = from + Utf8.length(previous); at < to; ) {
        int c = Utf8.codePointAt(text, at);
        if (!merges.joins(previous, c, text[at - 1], text[at])) {
          chunks.add(text, start, at, false);
          start = at;
        }
        previous = c;
        at += Utf8.length(c);
      }
      chunks.add(text, start, to, start == from);
    }
  }

  @Override
  public byte[] decodeUtf8(int[] ids) {
    var text = new ByteArrayOutputStream();
    for (int id : ids) {
      text.writeBytes(vocabulary.bytes(id));
    }
    return text.toByteArray();
  }

  @Override
  public int vocabSize() {
    return vocabulary.size();
  }

  @Override
  public List<Piece> pieces() {
    return vocabulary.pieces();
  }

  public ByteLevelVocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  /** The first 64 bits of SHA-256 over all that the ids depend on. */
  private String computeFingerprint() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update("neo-byte-level 1 ".getBytes(StandardCharsets.US_ASCII));
      sha.update((byte) (nfc ? 1 : 0));
      sha.update((byte) (vocabulary.ignoreMerges() ? 1 : 0));
      put(sha, pattern.regex().getBytes(StandardCharsets.US_ASCII));
      for (int id = 0; id < vocabulary.size(); id++) {
        put(sha, vocabulary.learned(id));
      }
      for (AddedPiece piece : vocabulary.added()) {
        sha.update(ByteBuffer.allocate(4).putInt(piece.id()).array());
        put(sha, Utf8.bytes(piece.text()));
        for (boolean is :
            new boolean[] {
              piece.control(), piece.normalized(), piece.stripLeft(), piece.stripRight()
            }) {
          sha.update((byte) (is ? 1 : 0));
        }
      }
      for (ByteLevelVocabulary.Merge merge : vocabulary.merges()) {
        sha.update(ByteBuffer.allocate(8).putInt(merge.left()).putInt(merge.right()).array());
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must provide SHA-256", e);
    }
  }

  private static void put(MessageDigest sha, byte[] bytes) {
    sha.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    sha.update(bytes);
  }
}
