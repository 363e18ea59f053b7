package dev.neostream.tokens.bpe;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Turns text into ids and back without loss: {@code decode(encode(text))} is {@code text} for every
 * Unicode text. Immutable and thread-safe; each thread that encodes holds 5 MiB of cache.
 *
 * <pre>{@code
 * Tokenizer tokenizer = BpeTrainer.train(BpeConfig.standard().withVocabSize(8192), documents);
 * TokenizerFile.write(tokenizer, path);
 * int[] ids = tokenizer.encode("Ask not what your country can do for you");
 * String text = tokenizer.decode(ids);
 * }</pre>
 *
 * <p>Encoding is byte-pair encoding by rank: neighbours whose joined text is a piece merge,
 * smallest id first, leftmost of equals (Sennrich, Haddow and Birch 2016, section 3.2; as
 * SentencePiece). A character outside the alphabet becomes the ids of its UTF-8 bytes. A user piece
 * is one id wherever its text stands, leftmost and longest first. Control ids are never produced.
 */
public final class Tokenizer implements TextCodec {

  private final Vocabulary vocabulary;
  private final boolean dummyPrefix;
  private final String fingerprint;
  private final ThreadLocal<Encoder> encoder;
  private final UserPieces userPieces;

  /**
   * @param dummyPrefix whether a space is put before every text that is not empty, and removed by
   *     decoding
   */
  public Tokenizer(Vocabulary vocabulary, boolean dummyPrefix) {
    this.vocabulary = vocabulary;
    this.dummyPrefix = dummyPrefix;
    this.fingerprint = fingerprint(vocabulary, dummyPrefix);
    var merges = new Merges(vocabulary);
    this.encoder = ThreadLocal.withInitial(() -> new Encoder(merges));
    this.userPieces = new UserPieces(vocabulary);
  }

  @Override
  public int[] encode(byte[] utf8) {
    if (!dummyPrefix || utf8.length == 0) {
      return encodePrefixed(utf8);
    }
    byte[] text = new byte[utf8.length + 1];
    text[0] = ' ';
    System.arraycopy(utf8, 0, text, 1, utf8.length);
    return encodePrefixed(text);
  }

  private int[] encodePrefixed(byte[] text) {
    if (userPieces.isEmpty()) {
      return encoder.get().encode(text);
    }
    IntStream.Builder ids = IntStream.builder();
    int start = 0;
    for (int at = 0; at < text.length; ) {
      int length = Utf8.length(Utf8.codePointAt(text, at)); // also checks the text as a whole
      int id = userPieces.at(text, at);
      if (id != UserPieces.NONE) {
        length = vocabulary.bytes(id).length;
        encode(text, start, at, ids);
        ids.add(id);
        start = at + length;
      }
      at += length;
    }
    encode(text, start, text.length, ids);
    return ids.build().toArray();
  }

  private void encode(byte[] text, int from, int to, IntStream.Builder ids) {
    Arrays.stream(encoder.get().encode(Arrays.copyOfRange(text, from, to))).forEach(ids);
  }

  /**
   * Returns the bytes of ids. Exact for what {@link #encode} made. Elsewhere: control pieces have
   * no text, {@code <unk>} is U+FFFD, and the bytes need not be UTF-8.
   *
   * @throws IllegalArgumentException if the vocabulary has no such id
   */
  @Override
  public byte[] decodeUtf8(int[] ids) {
    var text = new ByteArrayOutputStream();
    for (int id : ids) {
      text.writeBytes(vocabulary.bytes(id));
    }
    byte[] bytes = text.toByteArray();
    boolean prefixed = dummyPrefix && bytes.length > 0 && bytes[0] == ' ';
    return prefixed ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  /**
   * Returns the bytes of one id wherever it does not begin a text: none for control pieces, and not
   * always UTF-8.
   *
   * @throws IllegalArgumentException if the vocabulary has no such id
   */
  public byte[] bytes(int id) {
    return vocabulary.bytes(id).clone();
  }

  @Override
  public int vocabSize() {
    return vocabulary.size();
  }

  /** Returns the id that ends a document, {@code </s>}. */
  public int endOfDocument() {
    return vocabulary.endOfDocument();
  }

  @Override
  public List<Piece> pieces() {
    return vocabulary.pieces();
  }

  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Returns whether encoding puts a space before a text. */
  public boolean dummyPrefix() {
    return dummyPrefix;
  }

  /**
   * Returns 16 hex digits that differ when ids may differ: the first 64 bits of SHA-256 over the
   * prefix option and the pieces, which are the learned ones in the layout that training makes and
   * all of them, with their kinds, in any other. Equal on every machine.
   */
  @Override
  public String fingerprint() {
    return fingerprint;
  }

  private static String fingerprint(Vocabulary vocabulary, boolean dummyPrefix) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      boolean trained = vocabulary.isLayoutOfTraining();
      sha.update((trained ? "neo-bpe 1 " : "neo-bpe 2 ").getBytes(StandardCharsets.US_ASCII));
      sha.update((byte) (dummyPrefix ? 1 : 0));
      for (Piece piece : vocabulary.pieces()) {
        if (trained && piece.kind() != Piece.Kind.LEARNED) {
          continue; // the same in every such vocabulary
        }
        byte[] text = Utf8.bytes(piece.text());
        if (!trained) {
          sha.update((byte) piece.kind().ordinal());
        }
        sha.update(ByteBuffer.allocate(4).putInt(text.length).array());
        sha.update(text);
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must provide SHA-256", e);
    }
  }
}
