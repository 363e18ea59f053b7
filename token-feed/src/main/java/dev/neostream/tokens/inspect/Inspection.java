package dev.neostream.tokens.inspect;

import dev.neostream.tokens.bpe.Piece;
import dev.neostream.tokens.bpe.TextCodec;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Encodes texts, decodes them again, and counts: how many characters and bytes a token holds by
 * group of texts, and which pieces are used how often. Not thread-safe.
 */
public final class Inspection {

  /**
   * What was counted of a group.
   *
   * @param characters Unicode code points
   * @param bytes of UTF-8
   * @param tokens ids, those of single bytes included
   * @param byteTokens ids of single bytes: characters that the vocabulary lacks
   */
  public record Group(long texts, long characters, long bytes, long tokens, long byteTokens) {

    static final Group NOTHING = new Group(0, 0, 0, 0, 0);

    Group plus(long moreCharacters, long moreBytes, long moreTokens, long moreByteTokens) {
      return new Group(
          texts + 1,
          characters + moreCharacters,
          bytes + moreBytes,
          tokens + moreTokens,
          byteTokens + moreByteTokens);
    }

    Group plus(Group other) {
      return new Group(
          texts + other.texts,
          characters + other.characters,
          bytes + other.bytes,
          tokens + other.tokens,
          byteTokens + other.byteTokens);
    }

    /** Returns characters a token; NaN without any. */
    public double charactersPerToken() {
      return tokens == 0 ? Double.NaN : (double) characters / tokens;
    }

    /** Returns bytes a token; NaN without any. */
    public double bytesPerToken() {
      return tokens == 0 ? Double.NaN : (double) bytes / tokens;
    }
  }

  /**
   * How often a piece was used.
   *
   * @param piece as people write it
   */
  public record Use(int id, String piece, long count) {}

  private final TextCodec tokenizer;
  private final List<Piece> pieces;
  private final Map<String, Group> groups = new TreeMap<>();
  private final long[] uses;
  private long changed;

  public Inspection(TextCodec tokenizer) {
    this.tokenizer = tokenizer;
    pieces = tokenizer.pieces();
    uses = new long[tokenizer.vocabSize()];
  }

  /**
   * Encodes a text.
   *
   * @param group for example its language or its domain
   * @param utf8 well-formed UTF-8
   * @throws IllegalArgumentException if it is not
   */
  public void add(String group, byte[] utf8) {
    int[] ids = tokenizer.encode(utf8);
    long byteTokens = 0;
    for (int id : ids) {
      uses[id]++;
      byteTokens += pieces.get(id).kind() == Piece.Kind.BYTE ? 1 : 0;
    }
    if (!Arrays.equals(utf8, tokenizer.decodeUtf8(ids))) {
      changed++;
    }
    groups.put(
        group,
        groups
            .getOrDefault(group, Group.NOTHING)
            .plus(characters(utf8), utf8.length, ids.length, byteTokens));
  }

  /** Every byte but those that continue a character. */
  private static long characters(byte[] utf8) {
    long characters = 0;
    for (byte b : utf8) {
      characters += (b & 0xC0) == 0x80 ? 0 : 1;
    }
    return characters;
  }

  /** Returns what was counted, by group. */
  public Map<String, Group> groups() {
    return Collections.unmodifiableMap(groups);
  }

  /** Returns what was counted of all texts. */
  public Group all() {
    return groups.values().stream().reduce(Group.NOTHING, Group::plus);
  }

  /** Returns the number of texts that were not the same after encoding and decoding: 0. */
  public long changed() {
    return changed;
  }

  /** Returns the number of learned and user pieces that no text used. */
  public long unused() {
    return texts().filter(id -> uses[id] == 0).count();
  }

  /**
   * Returns the longest learned and user pieces, in code points.
   *
   * @param most how many at most
   */
  public List<Use> longest(int most) {
    return texts()
        .boxed()
        .sorted(Comparator.<Integer>comparingInt(id -> -length(id)).thenComparing(id -> id))
        .limit(most)
        .map(this::use)
        .toList();
  }

  /**
   * Returns the least used of the learned and user pieces of more than one character, latest merge
   * first: a model sees them too rarely to learn what they mean. Single characters are left out,
   * for they are there to cover an alphabet.
   *
   * @param most how many at most
   */
  public List<Use> rarest(int most) {
    return texts()
        .filter(id -> length(id) > 1)
        .boxed()
        .sorted(Comparator.<Integer>comparingLong(id -> uses[id]).thenComparing(id -> -id))
        .limit(most)
        .map(this::use)
        .toList();
  }

  private Use use(int id) {
    return new Use(id, pieces.get(id).text(), uses[id]);
  }

  private int length(int id) {
    String text = pieces.get(id).text();
    return text.codePointCount(0, text.length());
  }

  /** Returns the ids that stand for text. */
  private IntStream texts() {
    return IntStream.range(0, pieces.size())
        .filter(
            id ->
                pieces.get(id).kind() == Piece.Kind.LEARNED
                    || pieces.get(id).kind() == Piece.Kind.USER);
  }
}
