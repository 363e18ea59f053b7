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
 * <p>Three things are not as one would write them first:
 *
 * <ul>
 *   <li>Weights are cut from the flat vector by one {@code split_with_sizes}: its backward is one
 *       concatenation, where a narrow per weight allocates a full-size zero vector each.
 *   <li>The cross-entropy's backward is written by hand over chunks of tokens: the full {@code (B
 *       T, V)} logits and their gradient never exist.
 *   <li>{@code adamw} returns an element of the list it passed on: the JIT removes in-place calls
 *       on lists whose elements nobody reads, and would silently train nothing.
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
          return torch.embedding(torch.view(flat, [{V}, {D}]), ids)

        def embed_gradient(self: __torch__.M, ids: Tensor, dx: Tensor, gradient: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          rows = torch.view(gradient, [{V}, {D}])
          return torch.index_add_(rows, 0, torch.view(ids, [-1]), torch.view(dx, [-1, {D}]))

        def rotate(self: __torch__.M, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
          halves = torch.split_with_sizes(x, [{H2}, {H2}], -1)
          a = halves[0]
          b = halves[1]
          return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

        def decoder(self: __torch__.M, x: Tensor, flat: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
          B = torch.size(x, 0)
          T = torch.size(x, 1)
          c = torch.narrow(cos, 0, 0, T)
          s = torch.narrow(sin, 0, 0, T)
          w = torch.split_with_sizes(flat, [{D}, {D}, {QD}, {KD}, {KD}, {QD}, {FD}, {FD}, {FD}])
          h = torch.rms_norm(x, [{D}], w[0], {eps})
          q = torch.linear(h, torch.view(w[2], [{Q}, {D}]))
          k = torch.linear(h, torch.view(w[3], [{K}, {D}]))
          v = torch.linear(h, torch.view(w[4], [{K}, {D}]))
          qh = torch.transpose(torch.view(q, [B, T, {NQ}, {H}]), 1, 2)
          kh = torch.transpose(torch.view(k, [B, T, {NKV}, {H}]), 1, 2)
          vh = torch.transpose(torch.view(v, [B, T, {NKV}, {H}]), 1, 2)
          qr = self.rotate(qh, c, s)
          kr = self.rotate(kh, c, s)
          a = torch.scaled_dot_product_attention(qr, kr, vh, None, 0., True, enable_gqa={GQA})
          ao = torch.reshape(torch.transpose(a, 1, 2), [B, T, {Q}])
          x1 = x + torch.linear(ao, torch.view(w[5], [{D}, {Q}]))
          h1 = torch.rms_norm(x1, [{D}], w[1], {eps})
          gate = torch.silu(torch.linear(h1, torch.view(w[6], [{F}, {D}])))
          up = torch.linear(h1, torch.view(w[7], [{F}, {D}]))
          return x1 + torch.linear(gate * up, torch.view(w[8], [{D}, {F}]))

        def layer(self: __torch__.M, x: Tensor, flat: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          return self.decoder(x, flat, cos, sin)

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
          return unchecked_cast(Tensor, g[0])

        def head_losses(self: __torch__.M, x: Tensor, targets: Tensor, flat: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          w = torch.split_with_sizes(flat, [{D}, {VD}])
          h = torch.view(torch.rms_norm(x, [{D}], w[0], {eps}), [-1, {D}])
          output = torch.t(torch.view(w[1], [{V}, {D}]))
          y = torch.view(targets, [-1, 1])
          n = torch.size(h, 0)
          losses = torch.zeros([n], dtype=6)
          for i in range((n + {C} - 1) // {C}):
            start = i * {C}
            length = min({C}, n - start)
            logits = torch.mm(torch.narrow(h, 0, start, length), output)
            target = torch.gather(torch.log_softmax(logits, 1), 1, torch.narrow(y, 0, start, length))
            torch.sub_(torch.narrow(losses, 0, start, length), torch.view(target, [-1]))
          return torch.sum(torch.to(torch.view(losses, [torch.size(x, 0), -1]), 7), [1])

        def head_gradient(self: __torch__.M, x: Tensor, targets: Tensor, flat: Tensor, gradient: Tensor) -> List[Tensor]:
          torch.set_grad_enabled(True)
          w = torch.split_with_sizes(torch.detach(flat), [{D}, {VD}])
          xi = torch.detach(x)
          xi.requires_grad_(True)
          norm = torch.detach(w[0])
          norm.requires_grad_(True)
          recorded = torch.rms_norm(xi, [{D}], norm, {eps})
          torch.set_grad_enabled(False)
          g = torch.split_with_sizes(gradient, [{D}, {VD}])
          dOutput = torch.view(g[1], [{V}, {D}])
          output = torch.view(w[1], [{V}, {D}])
          h = torch.view(torch.detach(recorded), [-1, {D}])
          y = torch.view(targets, [-1, 1])
          n = torch.size(h, 0)
          dh = torch.empty_like(h)
          losses = torch.zeros([n], dtype=6)
          for i in range((n + {C} - 1) // {C}):
            start = i * {C}
            length = min({C}, n - start)
            hc = torch.narrow(h, 0, start, length)
            yc = torch.narrow(y, 0, start, length)
            logits = torch.log_softmax(torch.mm(hc, torch.t(output)), 1)
            target = torch.gather(logits, 1, yc)
            torch.sub_(torch.narrow(losses, 0, start, length), torch.view(target, [-1]))
            d = torch.exp_(logits)
            torch.scatter_add_(d, 1, yc, torch.full_like(target, -1.))
            torch.addmm_(torch.narrow(dh, 0, start, length), d, output, beta=0, alpha=1)
            torch.addmm_(dOutput, torch.t(d), hc)
          dn = torch.grad([recorded], [xi, norm], annotate(Optional[List[Optional[Tensor]]], [torch.view_as(dh, x)]))
          torch.add_(g[0], unchecked_cast(Tensor, dn[1]))
          rowLosses = torch.sum(torch.to(torch.view(losses, [torch.size(x, 0), -1]), 7), [1])
          return [rowLosses, unchecked_cast(Tensor, dn[0])]

        def logits(self: __torch__.M, x: Tensor, flat: Tensor) -> Tensor:
          torch.set_grad_enabled(False)
          w = torch.split_with_sizes(flat, [{D}, {VD}])
          last = torch.select(x, 1, -1)
          return torch.linear(torch.rms_norm(last, [{D}], w[0], {eps}), torch.view(w[1], [{V}, {D}]))

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
          "layer_recorded",
          "layer_gradient",
          "head_losses",
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
            Map.entry("{QD}", (long) q * d),
            Map.entry("{KD}", (long) kv * d),
            Map.entry("{FD}", (long) config.ffnHidden() * d),
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
