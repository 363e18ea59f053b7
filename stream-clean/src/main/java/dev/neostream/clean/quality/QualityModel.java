package dev.neostream.clean.quality;

import dev.neostream.schemas.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Logistic regression on the distinct hashed n-grams of a text:
 *
 * <p>score = 1 / (1 + exp(-(b + sum of w[h] over the D distinct buckets h / sqrt(D))))
 *
 * <p>File, big-endian: the eight bytes {@code NEOQUAL\n}, int version (1), int n of the longest
 * n-gram, int B, long hash seed, float b, 2^B floats w, int CRC-32C of all before. What a token is
 * and how n-grams are hashed belongs to the version ({@link NgramFeatures}).
 *
 * <p>Not thread-safe: one instance a thread, see {@link #copy}.
 */
public final class QualityModel {

  static final int MAX_NGRAMS = 8;
  static final int MIN_BUCKET_BITS = 8;
  static final int MAX_BUCKET_BITS = 26;

  private static final byte[] MAGIC = "NEOQUAL\n".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int HEAD = 8 + 4 + 4 + 4 + 8 + 4;

  private final int ngrams;
  private final int bucketBits;
  private final long seed;
  private final float bias;
  private final float[] weights;
  private final NgramFeatures features;

  QualityModel(int ngrams, int bucketBits, long seed, float bias, float[] weights) {
    this.ngrams = ngrams;
    this.bucketBits = bucketBits;
    this.seed = seed;
    this.bias = bias;
    this.weights = weights;
    this.features = new NgramFeatures(ngrams, bucketBits, seed);
  }

  /**
   * Reads a model.
   *
   * @throws IOException if the file cannot be read, is no model of version 1, or is damaged
   */
  public static QualityModel load(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    var in = ByteBuffer.wrap(bytes);
    if (bytes.length < HEAD + 4 || !in.slice(0, 8).equals(ByteBuffer.wrap(MAGIC))) {
      throw new IOException("a quality model must start with NEOQUAL: file=" + file);
    }
    int version = in.position(8).getInt();
    if (version != VERSION) {
      throw new IOException(
          "a quality model must have version %d: version=%d, file=%s"
              .formatted(VERSION, version, file));
    }
    if (crc(bytes) != in.getInt(bytes.length - 4)) {
      throw new IOException(
          "a quality model must have the checksum it was written with; copy it again: file="
              + file);
    }
    int ngrams = in.getInt();
    int bucketBits = in.getInt();
    long seed = in.getLong();
    float bias = in.getFloat();
    if (ngrams < 1
        || ngrams > MAX_NGRAMS
        || bucketBits < MIN_BUCKET_BITS
        || bucketBits > MAX_BUCKET_BITS
        || bytes.length != HEAD + (4L << bucketBits) + 4) {
      throw new IOException(
          "a quality model's size must follow from its head: ngrams=%d, bucketBits=%d, bytes=%d, file=%s"
              .formatted(ngrams, bucketBits, bytes.length, file));
    }
    var weights = new float[1 << bucketBits];
    in.asFloatBuffer().get(weights);
    return new QualityModel(ngrams, bucketBits, seed, bias, weights);
  }

  /** Writes the model; the file appears whole or not at all. */
  public void save(Path file) throws IOException {
    var bytes = new byte[HEAD + (4 << bucketBits) + 4];
    var out = ByteBuffer.wrap(bytes);
    out.put(MAGIC).putInt(VERSION).putInt(ngrams).putInt(bucketBits).putLong(seed).putFloat(bias);
    out.asFloatBuffer().put(weights);
    out.putInt(bytes.length - 4, crc(bytes));
    AtomicFile.write(file, bytes);
  }

  private static int crc(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    return (int) crc.getValue();
  }

  /** Returns a model for another thread: it shares the weights, not the scratch memory. */
  public QualityModel copy() {
    return new QualityModel(ngrams, bucketBits, seed, bias, weights);
  }

  /**
   * Returns the probability, in [0, 1], that a text is of the positive class, both classes being
   * equally likely; an empty text gets the prior, near 0.5.
   *
   * @param utf8 well-formed UTF-8; only the first 65,536 tokens are looked at
   */
  public float score(byte[] utf8) {
    int count = features.read(utf8);
    return (float) probability(bias, weights, features.buckets(), count);
  }

  static double probability(float bias, float[] weights, int[] buckets, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += weights[buckets[i]];
    }
    return 1 / (1 + Math.exp(-(bias + sum / Math.sqrt(Math.max(1, count)))));
  }
}
