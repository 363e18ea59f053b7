package dev.neostream.trainer.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Where each parameter lies. The model's parameters are {@code nLayers + 2} flat fp32 vectors
 * (segments): segment 0 is the embedding, segment i the layer i-1, the last one the head (final
 * norm and output matrix). A parameter is a row-major {@code [out, in]} slice of its segment, so
 * the all-reduce, the optimizer and the checkpoint each see a handful of contiguous buffers, and a
 * slice is at once the tensor that Hugging Face's Llama expects under the same name.
 *
 * <p>In every segment the norm weights come first: what lies before {@link Segment#decayFrom} is
 * not decayed by AdamW.
 */
public final class FlatLayout {

  /**
   * A named slice of a segment.
   *
   * @param name Hugging Face Llama tensor name
   * @param segment index of the segment
   * @param offset first element inside the segment
   * @param shape row-major shape
   */
  public record Parameter(String name, int segment, int offset, List<Integer> shape) {

    /** Number of elements. */
    public int size() {
      return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }

    /** Whether it is a norm weight: starts at 1 and is not decayed. */
    public boolean isNorm() {
      return shape.size() == 1;
    }

    boolean isHead() {
      return name.equals("lm_head.weight");
    }

    /** Whether its products are added to the residual stream. */
    boolean addsToResidual() {
      return name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
    }
  }

  /**
   * One flat vector.
   *
   * @param name {@code embedding}, {@code layer.0} ..., {@code head}
   * @param size elements
   * @param decayFrom first element that weight decay applies to
   * @param parameters its slices, by offset, without gaps
   */
  public record Segment(String name, int size, int decayFrom, List<Parameter> parameters) {}

  private final List<Segment> segments = new ArrayList<>();

  /**
   * Lays out a model.
   *
   * @throws IllegalArgumentException if a segment is larger than the 2 GiB a direct buffer can show
   */
  public FlatLayout(ModelConfig config) {
    int v = config.vocabSize();
    int d = config.dModel();
    int q = config.nHeads() * config.headDim();
    int kv = config.nKvHeads() * config.headDim();
    int f = config.ffnHidden();
    new Builder("embedding").add("model.embed_tokens.weight", v, d).build();
    for (int i = 0; i < config.nLayers(); i++) {
      String layer = "model.layers." + i + ".";
      new Builder("layer." + i)
          .add(layer + "input_layernorm.weight", d)
          .add(layer + "post_attention_layernorm.weight", d)
          .add(layer + "self_attn.q_proj.weight", q, d)
          .add(layer + "self_attn.k_proj.weight", kv, d)
          .add(layer + "self_attn.v_proj.weight", kv, d)
          .add(layer + "self_attn.o_proj.weight", d, q)
          .add(layer + "mlp.gate_proj.weight", f, d)
          .add(layer + "mlp.up_proj.weight", f, d)
          .add(layer + "mlp.down_proj.weight", d, f)
          .build();
    }
    new Builder("head").add("model.norm.weight", d).add("lm_head.weight", v, d).build();
  }

  /** The segments, embedding first, head last. */
  public List<Segment> segments() {
    return List.copyOf(segments);
  }

  /** All parameters in segment and offset order. */
  public List<Parameter> parameters() {
    return segments.stream().flatMap(s -> s.parameters().stream()).toList();
  }

  private final class Builder {
    private final String name;
    private final List<Parameter> parameters = new ArrayList<>();
    private long size;
    private int decayFrom;

    Builder(String name) {
      this.name = name;
    }

    Builder add(String parameter, int... shape) {
      Parameter p =
          new Parameter(
              parameter,
              segments.size(),
              (int) size,
              java.util.Arrays.stream(shape).boxed().toList());
      long elements = 1;
      for (int side : shape) {
        elements *= side;
      }
      size += elements;
      if (size * Float.BYTES > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "a segment must be smaller than 2 GiB: segment=" + name + ", elements>=" + size);
      }
      if (p.isNorm()) {
        decayFrom = (int) size;
      }
      parameters.add(p);
      return this;
    }

    void build() {
      segments.add(new Segment(name, (int) size, decayFrom, List.copyOf(parameters)));
    }
  }
}
