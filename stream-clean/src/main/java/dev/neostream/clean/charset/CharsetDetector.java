package dev.neostream.clean.charset;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Guesses the character set of bytes that declare none: the one under which they are the most
 * probable text of some language.
 *
 * <p>The hypotheses are pairs of a character set and a {@link CharacterModel} whose letters it has.
 * For single-byte sets all pairs of bytes, one of them above 127, are counted once and priced by
 * each model; multi-byte sets are decoded and priced by character. Negative log probabilities of
 * the same bytes compare directly. A few units of prior cost keep rare sets from winning without
 * evidence.
 *
 * <p>Escape sequences (ISO-2022, HZ), UTF-8 and the zero bytes of UTF-16 and UTF-32 are recognised
 * before. Not thread-safe.
 */
final class CharsetDetector {

  /** Sequences of UTF-8 a byte that is in none, as joined or cut feeds have them. */
  static final int UTF_8_A_STRAY = 10;

  private static final int CHARACTER_NOT_IN_LANGUAGE = 140;
  private static final int UPPER_AFTER_LOWER = 50;
  private static final int UPPER_AFTER_UPPER = 8;
  private static final int MALFORMED = 250;
  private static final int UNSEEN_IN_SCRIPT = 120;

  /** Probability 0.01 after another letter. */
  private static final int OFTEN = 46;

  /** Price of a set that is seldom met on the web, in units; grows with rarity. */
  private static final String[][] SINGLE = {
    {"windows-1252", "0"},
    {"windows-1251", "0"},
    {"windows-1250", "5"},
    {"ISO-8859-2", "8"},
    {"windows-1253", "5"},
    {"windows-1254", "10"},
    {"windows-1255", "5"},
    {"windows-1256", "5"},
    {"windows-1257", "8"},
    {"x-windows-874", "5"},
    {"KOI8-R", "5"},
    {"KOI8-U", "8"},
    {"ISO-8859-5", "15"},
    {"ISO-8859-6", "15"},
    {"ISO-8859-7", "8"},
    {"ISO-8859-8", "8"},
    {"ISO-8859-3", "30"},
    {"ISO-8859-4", "20"},
    {"ISO-8859-9", "12"},
    {"ISO-8859-13", "15"},
    {"ISO-8859-15", "12"},
    {"ISO-8859-16", "30"},
    {"IBM866", "20"},
    {"IBM855", "40"},
    {"x-MacCyrillic", "30"},
    {"x-MacRoman", "40"},
    {"x-MacCentralEurope", "50"},
    {"x-MacGreek", "60"},
    {"x-MacTurkish", "60"},
    {"IBM850", "50"},
    {"IBM437", "60"},
    {"IBM852", "50"},
    {"IBM857", "60"},
    {"IBM737", "60"},
    {"IBM862", "60"},
    {"IBM775", "60"},
  };

  private static final String[][] MULTI = {
    {"GB18030", "zh-Hans", "zh-Hant", "ja"},
    {"x-MS950-HKSCS", "zh-Hant"},
    {"x-EUC-TW", "zh-Hant"},
    {"windows-31j", "ja"},
    {"EUC-JP", "ja"},
    {"x-windows-949", "ko"},
    {"x-Johab", "ko"},
    {"UTF-16LE", "zh-Hans", "zh-Hant", "ja", "ko"},
    {"UTF-16BE", "zh-Hans", "zh-Hant", "ja", "ko"},
  };

  private static final List<CharacterModel> MODELS = load();
  private static final List<SingleByte> HYPOTHESES = hypotheses();

  private final int[] pairCounts = new int[1 << 16];
  private int[] pairs = new int[1 << 12];
  private int size;

  /** A single-byte set read as a language: rows and columns of the model by byte. */
  private record SingleByte(
      Charset charset, int prior, char[] characters, CharacterModel model, short[] index) {}

  /** Returns the most probable character set; UTF-8 for ASCII. */
  Charset detect(byte[] b, int length) {
    boolean high = false;
    boolean controls = false;
    int zeros = 0;
    for (int i = 0; i < length; i++) {
      high |= b[i] < 0;
      zeros += b[i] == 0 ? 1 : 0;
      controls |= b[i] >= 0 && b[i] < ' ' && (b[i] < '\t' || b[i] > '\r');
    }
    if (zeros > 0) {
      Charset wide = byZeros(b, length, zeros);
      if (wide != null) {
        return wide;
      }
    }
    if (!high) {
      return escaped(b, length);
    }
    if (Utf8Text.prevails(b, length, UTF_8_A_STRAY)) {
      return StandardCharsets.UTF_8;
    }
    return mostProbable(b, length, controls);
  }

  /** ASCII of UTF-16 and UTF-32 shows as zero bytes at the same places of every unit. */
  private static Charset byZeros(byte[] b, int length, int zeros) {
    var at = new int[4];
    for (int i = 0; i < length; i++) {
      at[i & 3] += b[i] == 0 ? 1 : 0;
    }
    int unit = Math.max(1, length / 4);
    if (length % 4 == 0 && at[0] >= 0.95 * unit && at[1] >= 0.95 * unit && at[3] < 0.5 * unit) {
      return Charset.forName("UTF-32BE");
    }
    if (length % 4 == 0 && at[3] >= 0.95 * unit && at[2] >= 0.95 * unit && at[0] < 0.5 * unit) {
      return Charset.forName("UTF-32LE");
    }
    int even = at[0] + at[2];
    int odd = at[1] + at[3];
    if (zeros < 4 || zeros < length / 10) {
      return null; // Stray zeros, or UTF-16 of another script: a hypothesis like others.
    }
    return odd >= 9 * even + 1
        ? StandardCharsets.UTF_16LE
        : even >= 9 * odd + 1 ? StandardCharsets.UTF_16BE : null;
  }

  private static Charset escaped(byte[] b, int length) {
    for (int i = 0; i + 2 < length; i++) {
      if (b[i] == 0x1b && b[i + 1] == '$') {
        if (b[i + 2] == ')' && i + 3 < length) {
          return Charset.forName(b[i + 3] == 'C' ? "ISO-2022-KR" : "ISO-2022-CN");
        }
        return Charset.forName("ISO-2022-JP");
      }
      if (b[i] == 0x1b && b[i + 1] == '(' && (b[i + 2] == 'J' || b[i + 2] == 'I')) {
        return Charset.forName("ISO-2022-JP");
      }
      if (b[i] == '~' && b[i + 1] == '{' && Hz.CHARSET.isRun(b, i, length)) {
        return Hz.CHARSET;
      }
    }
    return StandardCharsets.UTF_8;
  }

  private Charset mostProbable(byte[] b, int length, boolean controls) {
    count(b, length);
    Charset best = Charset.forName("windows-1252");
    long least = Long.MAX_VALUE;
    for (SingleByte hypothesis : HYPOTHESES) {
      long cost = cost(hypothesis, least);
      if (cost < least) {
        least = cost;
        best = hypothesis.charset;
      }
    }
    for (String[] multi : MULTI) {
      if (multi[0].startsWith("UTF-16") && !controls) {
        continue;
      }
      Charset charset = Charset.forName(multi[0]);
      CharBuffer text = decode(b, length, charset);
      for (int m = 1; m < multi.length; m++) {
        long cost = cost(text, model(multi[m]), least);
        if (cost < least) {
          least = cost;
          best = charset;
        }
      }
    }
    return best;
  }

  private void count(byte[] b, int length) {
    size = 0;
    int before = ' ';
    for (int i = 0; i <= length; i++) {
      int now = i < length ? b[i] & 0xff : ' ';
      if ((before | now) >= 0x80) {
        int pair = before << 8 | now;
        if (pairCounts[pair]++ == 0) {
          if (size == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * size);
          }
          pairs[size++] = pair;
        }
      }
      before = now;
    }
    for (int i = 0; i < size; i++) {
      int pair = pairs[i];
      // Pack pair and count, and leave the table empty for the next text.
      pairs[i] = pair | Math.min(0x7fff, pairCounts[pair]) << 16;
      pairCounts[pair] = 0;
    }
  }

  private long cost(SingleByte h, long limit) {
    CharacterModel model = h.model;
    int n = model.symbols().length + 2;
    long cost = h.prior;
    for (int i = 0; i < size && cost < limit; i++) {
      int first = pairs[i] >>> 8 & 0xff;
      int second = pairs[i] & 0xff;
      long times = pairs[i] >>> 16;
      int column = h.index[second];
      int row = Math.max(CharacterModel.BOUNDARY, h.index[first]);
      int price =
          column == CharacterModel.UNKNOWN
              ? h.characters[second] == '\ufffd' || Character.isISOControl(h.characters[second])
                  ? MALFORMED
                  : CHARACTER_NOT_IN_LANGUAGE
              : model.costs()[row * n + column] & 0xff;
      if (Character.isUpperCase(h.characters[second])) {
        if (Character.isLowerCase(h.characters[first])) {
          price += UPPER_AFTER_LOWER;
        } else if (Character.isUpperCase(h.characters[first])) {
          price += UPPER_AFTER_UPPER;
        }
      }
      cost += times * price;
    }
    return cost;
  }

  private static CharBuffer decode(byte[] b, int length, Charset charset) {
    CharsetDecoder decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    CharBuffer text = CharBuffer.allocate(length + 4);
    // endOfInput is false: a sequence cut at the end is no error.
    decoder.decode(ByteBuffer.wrap(b, 0, length), text, false);
    return text.flip();
  }

  private static long cost(CharBuffer text, CharacterModel model, long limit) {
    long cost = 0;
    char[] symbols = model.symbols();
    for (int i = 0; i < text.length() && cost < limit; i++) {
      char c = text.get(i);
      if (c < 0x80) {
        continue;
      }
      int at = Arrays.binarySearch(symbols, c);
      if (at >= 0) {
        cost += model.costs()[at] & 0xff;
      } else if (c == '\ufffd' || c < 0xa0) {
        cost += MALFORMED;
      } else {
        cost +=
            c >= '\u3040' && c < '\ud7a4' || c >= '\uff00' && c < '\uffef'
                ? UNSEEN_IN_SCRIPT
                : CHARACTER_NOT_IN_LANGUAGE;
      }
    }
    return cost;
  }

  private static CharacterModel model(String language) {
    for (CharacterModel model : MODELS) {
      if (model.language().equals(language)) {
        return model;
      }
    }
    throw new IllegalStateException("character model must hold language=" + language);
  }

  private static List<SingleByte> hypotheses() {
    var hypotheses = new ArrayList<SingleByte>();
    var bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    for (String[] single : SINGLE) {
      Charset charset = Charset.forName(single[0]);
      char[] characters = new String(bytes, charset).toCharArray();
      for (CharacterModel model : MODELS) {
        if (model.pairs() && has(characters, model)) {
          var index = new short[256];
          for (int i = 0; i < index.length; i++) {
            index[i] = (short) model.index(characters[i]);
          }
          int prior = Integer.parseInt(single[1]);
          hypotheses.add(new SingleByte(charset, prior, characters, model, index));
        }
      }
    }
    return hypotheses;
  }

  /** Whether a character set has every letter outside ASCII that the language often uses. */
  private static boolean has(char[] characters, CharacterModel model) {
    var lower = new char[characters.length];
    for (int i = 0; i < lower.length; i++) {
      lower[i] = Character.toLowerCase(characters[i]);
    }
    Arrays.sort(lower);
    int n = model.symbols().length + 2;
    for (int s = 0; s < model.symbols().length; s++) {
      char c = model.symbols()[s];
      int likely = 0;
      for (int row = 0; row < n; row++) {
        int cost = model.costs()[row * n + s + 2] & 0xff;
        likely += cost < OFTEN ? 1 : 0;
      }
      if (c >= 0x80 && likely >= 5 && Arrays.binarySearch(lower, c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static List<CharacterModel> load() {
    String name = "character.model";
    try (InputStream in = CharsetDetector.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("class path must hold the model: resource=" + name);
      }
      return CharacterModel.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException("character model must be readable: resource=" + name, e);
    }
  }
}
