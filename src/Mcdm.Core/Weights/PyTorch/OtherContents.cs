namespace Mcdm.Weights.PyTorch;

/// <summary>Files of torch.save that hold no network's state dict but something else that is well known, by what they are made of.</summary>
internal static class OtherContents
{
    /// <summary>What it is, as a clause that follows the path; null for nothing known.</summary>
    public static string? Of(PickleDict top) => top switch
    {
        _ when top.Find("string_to_param") is not null || top.Find("string_to_token") is not null =>
            "holds words' embeddings (textual inversion): give it with -Embedding, beside the model that they are for",
        _ when top.Find("layer_structure") is not null || (top.Find("step") is not null && top.Find("sd_checkpoint") is not null) || IsHypernetwork(top) =>
            "is a hypernetwork, which Mcdm does not run",
        _ => null,
    };

    /// <summary>Its layers lie under numbers, which are no names here: nothing is left but what it says of itself.</summary>
    private static bool IsHypernetwork(PickleDict top) => top.Find("name") is not null && top.Find("step") is not null
        && top.Items.All(item => item.Value is not (TorchTensor or PickleDict));
}
