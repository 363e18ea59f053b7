package dev.neostream.trainer.checkpoint;

import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.trainer.model.FlatLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tensors of a model's file, held to what the model has. */
final class ModelTensors {

  private ModelTensors() {}

  /**
   * Returns the tensors in the layout's order.
   *
   * @param where the file or folder they are of, for messages
   * @throws IOException if one is missing or of another shape, or the model has none of its name
   */
  static List<Tensor> inOrder(FlatLayout layout, List<Tensor> tensors, Object where)
      throws IOException {
    Map<String, Tensor> byName = new HashMap<>();
    for (Tensor tensor : tensors) {
      byName.put(tensor.name(), tensor);
    }
    List<Tensor> ordered = new ArrayList<>();
    for (FlatLayout.Parameter parameter : layout.parameters()) {
      Tensor tensor = byName.remove(parameter.name());
      long[] shape = parameter.shape().stream().mapToLong(Integer::longValue).toArray();
      if (tensor == null || !Arrays.equals(shape, tensor.shape())) {
        throw new IOException(
            "%s: tensor %s must have the shape %s that config.json gives it: found=%s"
                .formatted(where, parameter.name(), parameter.shape(), tensor));
      }
      ordered.add(tensor);
    }
    if (!byName.isEmpty()) {
      throw new IOException(
          "%s: the model has no place for these tensors: %s"
              .formatted(where, byName.keySet().stream().sorted().limit(10).toList()));
    }
    return ordered;
  }
}
