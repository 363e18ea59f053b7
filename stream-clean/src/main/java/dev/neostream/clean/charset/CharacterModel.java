package dev.neostream.clean.charset;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How probable characters are in a language: pairs of letters for alphabets, single characters for
 * Chinese, Japanese and Korean. Costs are negative natural logarithms of probabilities in units of
 * 1/{@value #UNITS}, cut at 255.
 *
 * <p>File format, big-endian, version {@value #VERSION}:
 *
 * <pre>
 * int   magic "NCHR"
 * short version
 * short number of languages
 * each: modified UTF-8 code, boolean pairs, unsigned short n, n x char (ascending),
 *       pairs ? byte[(n + 2) * (n + 2)] cost of the column after the row : byte[n] cost
 * </pre>
 *
 * Rows and columns 0 and 1 of pairs are {@link #BOUNDARY} and {@link #PUNCTUATION}.
 *
 * @param symbols the characters with costs of their own, ascending; letters in lower case
 */
record CharacterModel(String language, boolean pairs, char[] symbols, byte[] costs) {

  static final int MAGIC = 'N' << 24 | 'C' << 16 | 'H' << 8 | 'R';
  static final int VERSION = 1;
  static final int UNITS = 10;

  /** ASCII that is not a letter. */
  static final int BOUNDARY = 0;

  /** Punctuation outside ASCII that is usual in many languages. */
  static final int PUNCTUATION = 1;

  static final int UNKNOWN = -1;

  private static final String USUAL_PUNCTUATION =
      "\u00a0\u00a7\u00a9\u00ab\u00ae\u00b0\u00b7\u00bb\u00bf\u00a1\u2013\u2014\u2018\u2019"
          + "\u201a\u201c\u201d\u201e\u2022\u2026\u2039\u203a\u2116\u20ac\u00a3\u2122";

  static List<CharacterModel> read(InputStream in) throws IOException {
    var data = new DataInputStream(new ByteArrayInputStream(in.readAllBytes()));
    int magic = data.readInt();
    int version = data.readShort();
    if (magic != MAGIC || version != VERSION) {
      throw new IOException(
          "character model must start with NCHR, version 1: magic="
              + Integer.toHexString(magic)
              + ", version="
              + version);
    }
    int languages = data.readShort();
    var models = new ArrayList<CharacterModel>();
    for (int l = 0; l < languages; l++) {
      String language = data.readUTF();
      boolean pairs = data.readBoolean();
      var symbols = new char[data.readUnsignedShort()];
      for (int i = 0; i < symbols.length; i++) {
        symbols[i] = data.readChar();
      }
      var costs = new byte[pairs ? (symbols.length + 2) * (symbols.length + 2) : symbols.length];
      data.readFully(costs);
      models.add(new CharacterModel(language, pairs, symbols, costs));
    }
    return models;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeUTF(language);
    out.writeBoolean(pairs);
    out.writeShort(symbols.length);
    for (char c : symbols) {
      out.writeChar(c);
    }
    out.write(costs);
  }

  /** Returns the row and column of a character in a model of pairs. */
  int index(char c) {
    char lower = Character.toLowerCase(c);
    int at = Arrays.binarySearch(symbols, lower);
    return at >= 0 ? at + 2 : other(c);
  }

  static int other(char c) {
    return c < 0x80 ? BOUNDARY : USUAL_PUNCTUATION.indexOf(c) >= 0 ? PUNCTUATION : UNKNOWN;
  }
}
