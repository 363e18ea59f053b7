package dev.neostream.clean.language;

import static dev.neostream.clean.language.FastTextInput.require;

import java.io.IOException;

/** A matrix of a {@link FastTextModel}: rows of {@code dim} floats, as they are or quantised. */
interface FastTextMatrix {

  /** Longest array. */
  long MAX_VALUES = (1L << 31) - 9;

  long rows();

  void addTo(float[] sum, int row);

  float dot(float[] x, int row);

  record Dense(float[] values, int dim) implements FastTextMatrix {
    static FastTextMatrix read(FastTextInput in, long length, int dim) throws IOException {
      long rows = in.int64();
      long columns = in.int64();
      require(columns == dim, "matrix must have dim columns", columns);
      require(rows >= 0 && rows <= length / 4 / dim, "matrix must fit the file", rows);
      require(rows * dim <= MAX_VALUES, "matrix must have less than 2^31 values", rows * dim);
      return new Dense(in.floats((int) (rows * dim)), dim);
    }

    @Override
    public long rows() {
      return values.length / dim;
    }

    @Override
    public void addTo(float[] sum, int row) {
      for (int d = 0, at = row * dim; d < dim; d++) {
        sum[d] += values[at + d];
      }
    }

    @Override
    public float dot(float[] x, int row) {
      float sum = 0;
      for (int d = 0, at = row * dim; d < dim; d++) {
        sum += values[at + d] * x[d];
      }
      return sum;
    }
  }

  /** Product quantiser: a row is a code a subvector, each the index of one of 256 centroids. */
  record Quantised(
      int rows64, int dim, byte[] codes, Quantiser quantiser, byte[] normCodes, Quantiser norms)
      implements FastTextMatrix {

    static FastTextMatrix read(FastTextInput in, long length, int dim) throws IOException {
      boolean hasNorms = in.int8() != 0;
      long rows = in.int64();
      long columns = in.int64();
      require(columns == dim, "matrix must have dim columns", columns);
      int size = in.int32();
      require(rows > 0 && size >= 0 && size <= length, "codes must fit the file", size);
      byte[] codes = in.bytes(size);
      Quantiser quantiser = Quantiser.read(in, dim);
      require(rows * quantiser.subvectors == size, "codes must be rows x subvectors", size);
      byte[] normCodes = hasNorms ? in.bytes((int) rows) : null;
      Quantiser norms = hasNorms ? Quantiser.read(in, 1) : null;
      return new Quantised((int) rows, dim, codes, quantiser, normCodes, norms);
    }

    @Override
    public long rows() {
      return rows64;
    }

    private float norm(int row) {
      return norms == null ? 1 : norms.centroids[normCodes[row] & 0xff];
    }

    @Override
    public void addTo(float[] sum, int row) {
      float norm = norm(row);
      for (int d = 0; d < dim; d++) {
        sum[d] += norm * value(row, d);
      }
    }

    @Override
    public float dot(float[] x, int row) {
      float sum = 0;
      for (int d = 0; d < dim; d++) {
        sum += x[d] * value(row, d);
      }
      return sum * norm(row);
    }

    private float value(int row, int d) {
      int m = d / quantiser.width;
      int code = codes[row * quantiser.subvectors + m] & 0xff;
      int width = m == quantiser.subvectors - 1 ? quantiser.lastWidth : quantiser.width;
      return quantiser.centroids[m * 256 * quantiser.width + code * width + d % quantiser.width];
    }
  }

  record Quantiser(int subvectors, int width, int lastWidth, float[] centroids) {
    static Quantiser read(FastTextInput in, int dim) throws IOException {
      int found = in.int32();
      require(found == dim, "quantiser must have dim dimensions", found);
      int subvectors = in.int32();
      int width = in.int32();
      int lastWidth = in.int32();
      require(
          width > 0
              && width <= dim
              && lastWidth > 0
              && lastWidth <= width
              && (subvectors - 1L) * width + lastWidth == dim,
          "subvectors must make up dim",
          subvectors);
      return new Quantiser(subvectors, width, lastWidth, in.floats(dim * 256));
    }
  }
}
