package dev.neostream.trainer.model;

import java.util.List;
import java.util.Map;

/**
 * Writes the decoder as TorchScript source, sizes as literals. Java calls it layer by layer, so
 * that a segment's gradient is complete, and could travel, while earlier layers still run backward.
 *
 * <pre>
 *   x = embed(ids)                           token vectors
 *   x = x + o(attention(rope(q, k), v))      q, k, v of rmsNorm(x)
 *   x = x + down(silu(gate) * up)            gate, up of rmsNorm(x)
 *   loss = -log softmax(head(rmsNorm(x)))[target]
 * </pre>
 *
 * <p>A comment at a line's end is the result's shape, where it differs from the argument's. Letters
 * as in the package; P positions, C tokens of a chunk.
 *
 * <p>Four things are not as one would write them first:
 *
 * <ul>
 *   <li>Weights are cut from the flat vector by one {@code split_with_sizes}: its backward is one
 *       concatenation, where a narrow per weight allocates a full-size zero vector each.
 *   <li>The cross-entropy's backward is written by hand over chunks of tokens: the full {@code (B
 *       T, V)} logits and their gradient never exist. A token's weight multiplies its row on the
 *       narrow side, {@code (B T, D)}: {@code dOutput = d^T (w h)}, {@code dh = w (d output)}.
 *   <li>{@code adamw} returns an element of the list it passed on: the JIT removes in-place calls
 *       on lists whose elements nobody reads, and would silently train nothing.
 *   <li>After a text's beginning {@code layer_cached} takes one position: nothing is to be masked,
 *       and the query heads that share keys are rows of one product, so that no key is repeated.
 * </ul>
 *
 * <p>Methods that need gradients switch them on and off themselves: the switch is thread-local in
 * libtorch, and every method leaves it off.
 */
final class TransformerScript {

  /** Logits held at once: 2 Mi floats, 8 MiB (128 to 512 tokens of 8,192 logits measure alike). */
  private static final int CHUNK_LOGITS = 2 << 20;

  private static final String SOURCE =
      """
      class M(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool

        def embed(self: __torch__.M, ids: Tensor, flat: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          vectors = torch.view(flat, [{V}, {D}])  # (V, D)
          return torch.embedding(vectors, ids)  # (B, T, D)

        def embed_gradient(self: __torch__.M, ids: Tensor, dx: Tensor, gradient: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          dVectors = torch.view(gradient, [{V}, {D}])  # (V, D)
          return torch.index_add_(dVectors, 0, torch.view(ids, [-1]), torch.view(dx, [-1, {D}]))

        def rotate(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
          a, b, = torch.split_with_sizes(x, [{H2}, {H2}], -1)  # (B, heads, T, H / 2) each
          return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)  # (B, heads, T, H)

        def projections(self: __torch__.M, x: Tensor, weights: List[Tensor], cos: Tensor, sin: Tensor) -> List[Tensor]:
          B = torch.size(x, 0)
          T = torch.size(x, 1)
          h = torch.rms_norm(x, [{D}], weights[0], {eps})
          q = torch.linear(h, torch.view(weights[2], [{Q}, {D}]))  # (B, T, nHeads H)
          k = torch.linear(h, torch.view(weights[3], [{K}, {D}]))  # (B, T, nKvHeads H)
          v = torch.linear(h, torch.view(weights[4], [{K}, {D}]))  # (B, T, nKvHeads H)
          qh = torch.transpose(torch.view(q, [B, T, {NQ}, {H}]), 1, 2)  # (B, nHeads, T, H)
          kh = torch.transpose(torch.view(k, [B, T, {NKV}, {H}]), 1, 2)  # (B, nKvHeads, T, H)
          vh = torch.transpose(torch.view(v, [B, T, {NKV}, {H}]), 1, 2)  # (B, nKvHeads, T, H)
          return [self.rotate(qh, cos, sin), self.rotate(kh, cos, sin), vh]

        def output(self: __torch__.M, x: Tensor, a: Tensor, weights: List[Tensor]) -> Tensor:
          B = torch.size(x, 0)
          T = torch.size(x, 1)
          ao = torch.reshape(torch.transpose(a, 1, 2), [B, T, {Q}])  # (B, T, nHeads H)
          x1 = x + torch.linear(ao, torch.view(weights[5], [{D}, {Q}]))  # (B, T, D)
          h1 = torch.rms_norm(x1, [{D}], weights[1], {eps})
          gate = torch.silu(torch.linear(h1, torch.view(weights[6], [{F}, {D}])))  # (B, T, F)
          up = torch.linear(h1, torch.view(weights[7], [{F}, {D}]))  # (B, T, F)
          return x1 + torch.linear(gate * up, torch.view(weights[8], [{D}, {F}]))  # (B, T, D)

        def decoder(self: __torch__.M, x: Tensor, flat: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
          T = torch.size(x, 1)
          weights = torch.split_with_sizes(flat, {LAYER})
          q, k, v, = self.projections(x, weights, torch.narrow(cos, 0, 0, T), torch.narrow(sin, 0, 0, T))
          a = torch.scaled_dot_product_attention(q, k, v, None, 0., True, enable_gqa={GQA})  # (B, nHeads, T, H)
          return self.output(x, a, weights)

        def layer(self: __torch__.M, x: Tensor, flat: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          return self.decoder(x, flat, cos, sin)

        def layer_cached(self: __torch__.M, x: Tensor, flat: Tensor, cos: Tensor, sin: Tensor, keys: Tensor, values: Tensor, position: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          p = int(torch.item(position))
          T = torch.size(x, 1)
          weights = torch.split_with_sizes(flat, {LAYER})
          q, k, v, = self.projections(x, weights, torch.narrow(cos, 0, p, T), torch.narrow(sin, 0, p, T))
          torch.copy_(torch.narrow(keys, 2, p, T), k)
          torch.copy_(torch.narrow(values, 2, p, T), v)
          if p == 0:
            a = torch.scaled_dot_product_attention(q, k, v, None, 0., True, enable_gqa={GQA})  # (1, nHeads, T, H)
          else:
            ks = torch.narrow(keys, 2, 0, p + 1)  # (1, nKvHeads, p + 1, H)
            vs = torch.narrow(values, 2, 0, p + 1)  # (1, nKvHeads, p + 1, H)
            grouped = torch.reshape(q, [1, {NKV}, {G}, {H}])  # (1, nKvHeads, nHeads / nKvHeads, H)
            a = torch.reshape(torch.scaled_dot_product_attention(grouped, ks, vs), [1, {NQ}, 1, {H}])
          return self.output(x, a, weights)

        def layer_recorded(self: __torch__.M, x: Tensor, flat: Tensor, cos: Tensor, sin: Tensor) -> List[Tensor]:
          torch.set_grad_enabled(True)
          xi = torch.detach(x)
          xi.requires_grad_(True)
          fi = torch.detach(flat)
          fi.requires_grad_(True)
          y = self.decoder(xi, fi, cos, sin)
          torch.set_grad_enabled(False)
          return [y, xi, fi]

        def layer_gradient(self: __torch__.M, y: Tensor, xi: Tensor, fi: Tensor, dy: Tensor, gradient: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          g = torch.grad([y], [xi, fi], annotate(Optional[List[Optional[Tensor]]], [dy]))
          torch.add_(gradient, unchecked_cast(Tensor, g[1]))
          return unchecked_cast(Tensor, g[0])  # (B, T, D)

        def token_losses(self: __torch__.M, x: Tensor, targets: Tensor, flat: Tensor) -> Tensor:
          norm, wOutput, = torch.split_with_sizes(flat, [{D}, {VD}])
          h = torch.view(torch.rms_norm(x, [{D}], norm, {eps}), [-1, {D}])  # (B T, D)
          output = torch.t(torch.view(wOutput, [{V}, {D}]))  # (D, V)
          y = torch.view(targets, [-1, 1])  # (B T, 1)
          n = torch.size(h, 0)
          losses = torch.zeros([n], dtype=6)  # (B T)
          for i in range((n + {C} - 1) // {C}):
            start = i * {C}
            length = min({C}, n - start)
            logits = torch.mm(torch.narrow(h, 0, start, length), output)  # (C, V)
            target = torch.gather(torch.log_softmax(logits, 1), 1, torch.narrow(y, 0, start, length))  # (C, 1)
            torch.sub_(torch.narrow(losses, 0, start, length), torch.view(target, [-1]))
          return torch.view(losses, [torch.size(x, 0), -1])  # (B, T)

        def head_losses(self: __torch__.M, x: Tensor, targets: Tensor, flat: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          return torch.sum(torch.to(self.token_losses(x, targets, flat), 7), [1])  # (B)

        def log_probabilities(self: __torch__.M, x: Tensor, targets: Tensor, flat: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          return torch.neg(self.token_losses(x, targets, flat))  # (B, T)

        def head_gradient(self: __torch__.M, x: Tensor, targets: Tensor, weights: Tensor, flat: Tensor, gradient: Tensor) -> List[Tensor]:
          torch.set_grad_enabled(True)
          wNorm, wOutput, = torch.split_with_sizes(torch.detach(flat), [{D}, {VD}])
          xi = torch.detach(x)
          xi.requires_grad_(True)
          norm = torch.detach(wNorm)
          norm.requires_grad_(True)
          recorded = torch.rms_norm(xi, [{D}], norm, {eps})  # (B, T, D)
          torch.set_grad_enabled(False)
          dNorm, gOutput, = torch.split_with_sizes(gradient, [{D}, {VD}])
          dOutput = torch.view(gOutput, [{V}, {D}])  # (V, D)
          output = torch.view(wOutput, [{V}, {D}])  # (V, D)
          h = torch.view(torch.detach(recorded), [-1, {D}])  # (B T, D)
          y = torch.view(targets, [-1, 1])  # (B T, 1)
          w = torch.view(weights, [-1, 1])  # (B T, 1)
          hw = h * w
          n = torch.size(h, 0)
          dh = torch.empty_like(h)
          losses = torch.zeros([n], dtype=6)  # (B T)
          for i in range((n + {C} - 1) // {C}):
            start = i * {C}
            length = min({C}, n - start)
            yc = torch.narrow(y, 0, start, length)  # (C, 1)
            logits = torch.mm(torch.narrow(h, 0, start, length), torch.t(output))  # (C, V)
            logp = torch.log_softmax(logits, 1)
            target = torch.gather(logp, 1, yc)  # (C, 1)
            torch.sub_(torch.narrow(losses, 0, start, length), torch.view(target, [-1]))
            d = torch.exp_(logp)
            torch.scatter_add_(d, 1, yc, torch.full_like(target, -1.))
            torch.addmm_(torch.narrow(dh, 0, start, length), d, output, beta=0, alpha=1)
            torch.addmm_(dOutput, torch.t(d), torch.narrow(hw, 0, start, length))
          torch.mul_(dh, w)
          dn = torch.grad([recorded], [xi, norm], annotate(Optional[List[Optional[Tensor]]], [torch.view_as(dh, x)]))
          torch.add_(dNorm, unchecked_cast(Tensor, dn[1]))
          weighted = torch.to(losses, 7) * torch.to(torch.view(w, [-1]), 7)
          rowLosses = torch.sum(torch.view(weighted, [torch.size(x, 0), -1]), [1])  # (B)
          return [rowLosses, unchecked_cast(Tensor, dn[0])]

        def logits(self: __torch__.M, x: Tensor, positions: Tensor, flat: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          norm, wOutput, = torch.split_with_sizes(flat, [{D}, {VD}])
          chosen = torch.view(torch.index_select(x, 1, positions), [-1, {D}])  # (B P, D)
          h = torch.rms_norm(chosen, [{D}], norm, {eps})
          return torch.linear(h, torch.view(wOutput, [{V}, {D}]))  # (B P, V)

        def norm(self: __torch__.M, gradient: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          return torch.linalg_vector_norm(gradient, 2, None, False, dtype=7)

        def adamw(self: __torch__.M, p: Tensor, g: Tensor, m: Tensor, v: Tensor, decayFrom: Tensor, hyper: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          lr = float(torch.item(hyper[1]))
          beta1 = float(torch.item(hyper[3]))
          beta2 = float(torch.item(hyper[4]))
          eps = float(torch.item(hyper[5]))
          decay = float(torch.item(hyper[6]))
          t = torch.to(hyper[0], 6)
          torch.mul_(g, float(torch.item(hyper[2])))
          n = int(torch.item(decayFrom))
          sizes = [n, torch.size(p, 0) - n]
          ps = torch.split_with_sizes(p, sizes)
          gs = torch.split_with_sizes(g, sizes)
          ms = torch.split_with_sizes(m, sizes)
          vs = torch.split_with_sizes(v, sizes)
          norms = [ps[0]]
          matrices = [ps[1]]
          torch._fused_adamw_(norms, [gs[0]], [ms[0]], [vs[0]], annotate(List[Tensor], []), [t], lr=lr, beta1=beta1, beta2=beta2, weight_decay=0., eps=eps, amsgrad=False, maximize=False)
          torch._fused_adamw_(matrices, [gs[1]], [ms[1]], [vs[1]], annotate(List[Tensor], []), [t], lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
          torch.zero_(g)
          return torch.cat([torch.narrow(norms[0], 0, 0, min(n, 1)), torch.narrow(matrices[0], 0, 0, 1)])
      """;

  /** Methods that Java calls. */
  static final List<String> METHODS =
      List.of(
          "embed",
          "embed_gradient",
          "layer",
          "layer_cached",
          "layer_recorded",
          "layer_gradient",
          "head_losses",
          "log_probabilities",
          "head_gradient",
          "logits",
          "norm",
          "adamw");

  private TransformerScript() {}

  /** Returns the source of class {@code M} for a model. */
  static String of(ModelConfig config) {
    int d = config.dModel();
    int q = config.nHeads() * config.headDim();
    int kv = config.nKvHeads() * config.headDim();
    long qd = (long) q * d;
    long kd = (long) kv * d;
    long fd = (long) config.ffnHidden() * d;
    Map<String, Object> sizes =
        Map.ofEntries(
            Map.entry("{V}", config.vocabSize()),
            Map.entry("{D}", d),
            Map.entry("{VD}", (long) config.vocabSize() * d),
            Map.entry("{NQ}", config.nHeads()),
            Map.entry("{NKV}", config.nKvHeads()),
            Map.entry("{H}", config.headDim()),
            Map.entry("{H2}", config.headDim() / 2),
            Map.entry("{Q}", q),
            Map.entry("{K}", kv),
            Map.entry("{F}", config.ffnHidden()),
            Map.entry("{LAYER}", List.<Number>of(d, d, qd, kd, kd, qd, fd, fd, fd).toString()),
            Map.entry("{G}", config.nHeads() / config.nKvHeads()),
            Map.entry("{GQA}", config.nKvHeads() < config.nHeads() ? "True" : "False"),
            Map.entry("{C}", Math.max(1, CHUNK_LOGITS / config.vocabSize())),
            Map.entry("{eps}", config.rmsNormEps()));
    String source = SOURCE;
    for (Map.Entry<String, Object> size : sizes.entrySet()) {
      source = source.replace(size.getKey(), size.getValue().toString());
    }
    return source;
  }
}
