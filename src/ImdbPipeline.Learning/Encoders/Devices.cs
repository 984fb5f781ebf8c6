using TorchSharp;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Where tensors live: the first GPU where there is one, else the processor.</summary>
public static class Devices
{
    private static readonly Lazy<torch.Device> best = new(Choose);

    public static torch.Device Best => best.Value;

    private static torch.Device Choose()
    {
        if (!torch.cuda.is_available())
            return torch.CPU;
        // float32 products on tensor cores, with 10 bits of mantissa: several times faster, and Hugging Face's Trainer offers the same.
        torch.backends.cuda.matmul.allow_tf32 = true;
        torch.backends.cudnn.allow_tf32 = true;
        return torch.CUDA;
    }
}
