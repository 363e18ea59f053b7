package dev.neostream.clean.language;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * A linear classifier of hashed n-grams with a low-rank input (Joulin et al. 2017, "Bag of Tricks
 * for Efficient Text Classification"): {@code P = softmax(W x + b)} over the languages of one
 * script, where x is the mean of the {@value #DIM}-dimensional vectors of the text's {@link
 * NGrams}.
 *
 * <p>File format, big-endian, version {@value #VERSION}:
 *
 * <pre>
 * int    magic "NLID"
 * short  version
 * byte   log2 of the number of buckets
 * byte   dimensions
 * short  number of languages L
 * L x (modified UTF-8 code, byte ordinal of Script, float b, float[dimensions] row of W)
 * float  scale: the value of one unit of a vector
 * byte[buckets * dimensions]  vectors
 * int    CRC-32 of everything before
 * </pre>
 */
final class LanguageModel {

  static final int MAGIC = 'N' << 24 | 'L' << 16 | 'I' << 8 | 'D';
  static final int VERSION = 1;
  static final int DIM = 16;

  /** Vectors are kept as unsigned bytes, biased so, eight a long. */
  private static final int BIAS = 128;

  private static final int LONGS = DIM / 8;

  /** Every other byte of a long: four lanes of 16 bits to add them up in. */
  private static final long LANES = 0x00ff00ff00ff00ffL;

  private static final int LANES_OVERFLOW_AFTER = 256;
  private static final int MAX_LANGUAGES = 1000;

  final String[] codes;
  final byte[] scripts;
  private final float[] bias;
  private final float[] weights;
  private final float scale;
  private final byte[] vectors;
  private final long[] biased;

  /**
   * @param scripts ordinal of the {@link Script} of every language
   * @param weights (L, DIM)
   * @param vectors (buckets, DIM)
   */
  LanguageModel(
      String[] codes, byte[] scripts, float[] bias, float[] weights, float scale, byte[] vectors) {
    this.codes = codes;
    this.scripts = scripts;
    this.bias = bias;
    this.weights = weights;
    this.scale = scale;
    this.vectors = vectors;
    biased = new long[vectors.length / 8];
    for (int i = 0; i < vectors.length; i++) {
      biased[i / 8] |= (long) (vectors[i] + BIAS) << 8 * (i % 8);
    }
  }

  static LanguageModel read(InputStream in) throws IOException {
    byte[] bytes = in.readAllBytes();
    var data = new DataInputStream(new ByteArrayInputStream(bytes));
    require(bytes.length > 16 && data.readInt() == MAGIC, "must start with NLID", bytes.length);
    int version = data.readShort();
    require(version == VERSION, "version must be " + VERSION, version);
    int bits = data.readByte();
    int dim = data.readByte();
    require(bits == NGrams.BITS && dim == DIM, "must have 2^17 buckets of 16", bits);
    int languages = data.readShort();
    require(languages > 0 && languages <= MAX_LANGUAGES, "languages must be 1..1000", languages);
    var codes = new String[languages];
    var scripts = new byte[languages];
    var bias = new float[languages];
    var weights = new float[languages * DIM];
    for (int l = 0; l < languages; l++) {
      codes[l] = data.readUTF();
      scripts[l] = data.readByte();
      bias[l] = data.readFloat();
      for (int d = 0; d < DIM; d++) {
        weights[l * DIM + d] = data.readFloat();
      }
    }
    float scale = data.readFloat();
    int size = DIM << NGrams.BITS;
    require(data.available() == size + 4, "vectors must be " + size + " bytes", data.available());
    var vectors = data.readNBytes(size);
    var crc = new CRC32();
    crc.update(bytes, 0, bytes.length - 4);
    int expected = data.readInt();
    require((int) crc.getValue() == expected, "checksum must match", expected);
    return new LanguageModel(codes, scripts, bias, weights, scale, vectors);
  }

  private static void require(boolean condition, String what, int found) throws IOException {
    if (!condition) {
      throw new IOException("language model " + what + ": found=" + found);
    }
  }

  void write(OutputStream out) throws IOException {
    var buffer = new ByteArrayOutputStream();
    var data = new DataOutputStream(buffer);
    data.writeInt(MAGIC);
    data.writeShort(VERSION);
    data.writeByte(NGrams.BITS);
    data.writeByte(DIM);
    data.writeShort(codes.length);
    for (int l = 0; l < codes.length; l++) {
      data.writeUTF(codes[l]);
      data.writeByte(scripts[l]);
      data.writeFloat(bias[l]);
      for (int d = 0; d < DIM; d++) {
        data.writeFloat(weights[l * DIM + d]);
      }
    }
    data.writeFloat(scale);
    data.write(vectors);
    var crc = new CRC32();
    crc.update(buffer.toByteArray());
    data.writeInt((int) crc.getValue());
    buffer.writeTo(out);
  }

  /**
   * Writes the probability of each language of a script into {@code probabilities} (L), 0 for the
   * languages of other scripts.
   *
   * @param hidden (DIM) scratch
   * @return the index of the most probable language; -1 if there are no features, or no language of
   *     that script
   */
  int predict(NGrams features, Script script, float[] hidden, float[] probabilities) {
    if (features.size() == 0) {
      return -1;
    }
    float[] logits = probabilities;
    mean(features, hidden);
    int best = -1;
    for (int l = 0; l < codes.length; l++) {
      if (scripts[l] == script.ordinal()) {
        float logit = bias[l];
        for (int d = 0; d < DIM; d++) {
          logit += weights[l * DIM + d] * hidden[d];
        }
        logits[l] = logit;
        best = best < 0 || logit > logits[best] ? l : best;
      }
    }
    if (best < 0) {
      return -1;
    }
    float max = logits[best];
    double sum = 0;
    for (int l = 0; l < codes.length; l++) {
      probabilities[l] = scripts[l] == script.ordinal() ? (float) Math.exp(logits[l] - max) : 0;
      sum += probabilities[l];
    }
    for (int l = 0; l < codes.length; l++) {
      probabilities[l] /= (float) sum;
    }
    return best;
  }

  /** Adds every other of eight dimensions at once; lanes are emptied before they can overflow. */
  private void mean(NGrams features, float[] hidden) {
    int size = features.size();
    Arrays.fill(hidden, 0);
    for (int from = 0; from < size; from += LANES_OVERFLOW_AFTER) {
      int to = Math.min(size, from + LANES_OVERFLOW_AFTER);
      long a = 0;
      long b = 0;
      long c = 0;
      long d = 0;
      for (int i = from; i < to; i++) {
        int at = features.bucket(i) * LONGS;
        long first = biased[at];
        long second = biased[at + 1];
        a += first & LANES;
        b += first >>> 8 & LANES;
        c += second & LANES;
        d += second >>> 8 & LANES;
      }
      unpack(a, hidden, 0);
      unpack(b, hidden, 1);
      unpack(c, hidden, 8);
      unpack(d, hidden, 9);
    }
    for (int k = 0; k < DIM; k++) {
      hidden[k] = scale * (hidden[k] / size - BIAS);
    }
  }

  private static void unpack(long lanes, float[] hidden, int from) {
    for (int lane = 0; lane < 4; lane++) {
      hidden[from + 2 * lane] += lanes >>> 16 * lane & 0xffff;
    }
  }
}
