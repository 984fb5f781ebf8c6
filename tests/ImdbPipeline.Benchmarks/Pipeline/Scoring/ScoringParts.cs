using System.Diagnostics;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Learning.Encoders;
using ImdbPipeline.Learning.Inferring;
using ImdbPipeline.Learning.ModelFolders;
using static TorchSharp.torch;

namespace ImdbPipeline.Benchmarks.Pipeline.Scoring;

/// <summary>The measured parts of the scoring stage, each run in a separate process.</summary>
internal static class ScoringParts
{
    public const string Notebook = "score-notebook", Fp32 = "score-fp32", Int8 = "score-int8", OnnxFp32 = "score-onnx-fp32", OnnxInt8 = "score-onnx-int8", Products = "score-products";

    public static void Define()
    {
        Define(Notebook, encoder =>
        {
            DefaultMalloc.Restore();
            return (rows => NotebookEncoder.Logits(encoder, rows), null);
        });
        Define(Fp32, encoder => ThisProject(encoder, ScoringPrecision.Fp32));
        Define(Int8, encoder => ThisProject(encoder, ScoringPrecision.Int8));
        Define(OnnxFp32, encoder => Onnx(encoder, int8: false));
        Define(OnnxInt8, encoder => Onnx(encoder, int8: true));
        MeasuredProcess.Define(Products, (arguments, _) => Task.FromResult(BestSeconds(EncoderLoader.ReadConfig(arguments[2]), ReviewSample.Read(arguments[0]))));
    }

    /// <param name="prepare">Prepares scoring without being measured; the returned function is measured, then the owner is disposed.</param>
    private static void Define(string part, Func<TrainableEncoder, (Func<IReadOnlyList<int[]>, float[][]> Score, IDisposable? Owner)> prepare) =>
        MeasuredProcess.Define(part, (arguments, cancellationToken) =>
        {
            var rows = ReviewSample.Read(arguments[0]);
            using var encoder = DistilBertShape.Load(arguments[2]);
            var (score, owner) = prepare(encoder);
            using (owner)
            {
                score([.. rows.Take(8)]);
                var started = Stopwatch.GetTimestamp();
                var logits = score(rows);
                var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                using var file = new BinaryWriter(File.Create(arguments[1]));
                foreach (var value in logits.SelectMany(row => row))
                    file.Write(value);
                return Task.FromResult(seconds);
            }
        });

    private static (Func<IReadOnlyList<int[]>, float[][]> Score, IDisposable? Owner) ThisProject(TrainableEncoder encoder, ScoringPrecision precision)
    {
        var scoring = Inference.Prepare(encoder.Weights, precision);
        encoder.Dispose();
        return (rows => Inference.Logits(scoring, rows, 256, null, CancellationToken.None), scoring);
    }

    private static (Func<IReadOnlyList<int[]>, float[][]> Score, IDisposable? Owner) Onnx(TrainableEncoder encoder, bool int8)
    {
        var scoring = new OnnxScoring(OnnxEncoder.Build(encoder, int8));
        encoder.Dispose();
        return (scoring.Logits, scoring);
    }

    /// <returns>Seconds needed for the matrix products alone, at the fastest measured rate.</returns>
    private static double BestSeconds(EncoderConfig config, IReadOnlyList<int[]> rows)
    {
        const int Rows = 2048, Repeats = 8;
        using var inference = inference_mode();
        var (dim, hidden, tokens) = (config.Dim, config.HiddenDim, rows.Sum(row => row.Length));
        (int Inputs, int Outputs)[] shapes = [(dim, 3 * dim), (dim, dim), (dim, hidden), (hidden, dim)];
        return shapes.Sum(shape => Best(shape.Inputs, shape.Outputs)) * config.Layers * tokens / Rows;

        static double Best(int inputs, int outputs)
        {
            using var scope = NewDisposeScope();
            Tensor input = randn(Rows, inputs), weight = randn(outputs, inputs);
            using var product = OneDnnLinear.TryCreate(weight, zeros(outputs).DetachFromDisposeScope());
            var best = double.MaxValue;
            for (var i = 0; i < Repeats; i++)
                best = Math.Min(best, Math.Min(Time(() => input.matmul(weight.t())), product is null ? best : Time(() => product.Apply(input))));
            return best;
        }

        static double Time(Func<Tensor> product)
        {
            using var scope = NewDisposeScope();
            var started = Stopwatch.GetTimestamp();
            product();
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
    }
}
