package dev.neostream.trainer.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The decoder's forward pass in plain doubles, written for reading: one loop per formula. */
final class ReferenceDecoder {

  private final ModelConfig c;
  private final Map<String, double[]> weights = new HashMap<>();

  ReferenceDecoder(ModelConfig config, Map<String, double[]> weights) {
    this.c = config;
    this.weights.putAll(weights);
  }

  /** Reads all parameters of a decoder by name. */
  static Map<String, double[]> weightsOf(Decoder decoder) {
    Map<String, double[]> weights = new HashMap<>();
    for (FlatLayout.Parameter p : decoder.layout().parameters()) {
      var flat = decoder.parameters(p.segment()).asFloatBuffer();
      double[] values = new double[p.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = flat.get(p.offset() + i);
      }
      weights.put(p.name(), values);
    }
    return weights;
  }

  /** Summed cross-entropy of all tokens of all rows. */
  double loss(int[][] rows) {
    float[][] ones = new float[rows.length][rows[0].length - 1];
    for (float[] row : ones) {
      java.util.Arrays.fill(row, 1);
    }
    return loss(rows, ones);
  }

  /** Sum of weights[r][t] times the cross-entropy of token t + 1 of row r. */
  double loss(int[][] rows, float[][] weights) {
    double sum = 0;
    for (int r = 0; r < rows.length; r++) {
      int[] row = rows[r];
      List<double[]> logits = logits(java.util.Arrays.copyOf(row, row.length - 1));
      for (int t = 0; t < logits.size(); t++) {
        double total = 0;
        for (double l : logits.get(t)) {
          total += Math.exp(l);
        }
        sum += weights[r][t] * (Math.log(total) - logits.get(t)[row[t + 1]]);
      }
    }
    return sum;
  }

  /** Logits of every position. */
  List<double[]> logits(int[] ids) {
    double[] embedding = weights.get("model.embed_tokens.weight");
    List<double[]> x = new ArrayList<>();
    for (int id : ids) {
      x.add(java.util.Arrays.copyOfRange(embedding, id * c.dModel(), (id + 1) * c.dModel()));
    }
    for (int i = 0; i < c.nLayers(); i++) {
      x = layer("model.layers." + i + ".", x);
    }
    List<double[]> logits = new ArrayList<>();
    for (double[] token : x) {
      logits.add(linear("lm_head.weight", rmsNorm("model.norm.weight", token)));
    }
    return logits;
  }

  private List<double[]> layer(String name, List<double[]> x) {
    List<double[]> queries = new ArrayList<>();
    List<double[]> keys = new ArrayList<>();
    List<double[]> values = new ArrayList<>();
    for (int t = 0; t < x.size(); t++) {
      double[] h = rmsNorm(name + "input_layernorm.weight", x.get(t));
      queries.add(rotate(linear(name + "self_attn.q_proj.weight", h), t));
      keys.add(rotate(linear(name + "self_attn.k_proj.weight", h), t));
      values.add(linear(name + "self_attn.v_proj.weight", h));
    }
    List<double[]> out = new ArrayList<>();
    for (int t = 0; t < x.size(); t++) {
      double[] attended = new double[c.nHeads() * c.headDim()];
      for (int head = 0; head < c.nHeads(); head++) {
        int q = head * c.headDim();
        int kv = head / (c.nHeads() / c.nKvHeads()) * c.headDim();
        double[] weight = new double[t + 1];
        double total = 0;
        for (int s = 0; s <= t; s++) {
          double dot = 0;
          for (int j = 0; j < c.headDim(); j++) {
            dot += queries.get(t)[q + j] * keys.get(s)[kv + j];
          }
          weight[s] = Math.exp(dot / Math.sqrt(c.headDim()));
          total += weight[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int j = 0; j < c.headDim(); j++) {
            attended[q + j] += weight[s] / total * values.get(s)[kv + j];
          }
        }
      }
      double[] x1 = add(x.get(t), linear(name + "self_attn.o_proj.weight", attended));
      double[] h = rmsNorm(name + "post_attention_layernorm.weight", x1);
      double[] gate = linear(name + "mlp.gate_proj.weight", h);
      double[] up = linear(name + "mlp.up_proj.weight", h);
      for (int j = 0; j < gate.length; j++) {
        gate[j] = gate[j] / (1 + Math.exp(-gate[j])) * up[j];
      }
      out.add(add(x1, linear(name + "mlp.down_proj.weight", gate)));
    }
    return out;
  }

  private double[] rmsNorm(String name, double[] x) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double scale = 1 / Math.sqrt(squares / x.length + c.rmsNormEps());
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] * scale * weights.get(name)[i];
    }
    return y;
  }

  private double[] rotate(double[] heads, int position) {
    double[] y = heads.clone();
    int half = c.headDim() / 2;
    for (int head = 0; head < heads.length; head += c.headDim()) {
      for (int j = 0; j < half; j++) {
        double angle = position / Math.pow(c.ropeTheta(), 2.0 * j / c.headDim());
        double a = heads[head + j];
        double b = heads[head + half + j];
        y[head + j] = a * Math.cos(angle) - b * Math.sin(angle);
        y[head + half + j] = b * Math.cos(angle) + a * Math.sin(angle);
      }
    }
    return y;
  }

  private double[] linear(String name, double[] x) {
    double[] w = weights.get(name);
    double[] y = new double[w.length / x.length];
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += w[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private static double[] add(double[] a, double[] b) {
    double[] sum = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = a[i] + b[i];
    }
    return sum;
  }
}
