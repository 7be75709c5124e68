using IMDD.Learning.Weights.Configurations;

namespace IMDD.Learning.Weights.Layouts;

/// <summary>Tensors of CLIP, by their names in Hugging Face's checkpoints (<c>pre_layrnorm</c> is spelt so there).</summary>
public static class ClipLayout
{
    /// <summary>Both towers, their projections and the scale.</summary>
    public static TensorLayout Of(ClipConfiguration configuration)
    {
        var builder = new LayoutBuilder();
        Text(builder, configuration.Text);
        builder.Linear("text_projection", configuration.Text.Tower.Width, configuration.Projection, bias: false);
        Vision(builder, configuration.Vision);
        builder.Linear("visual_projection", configuration.Vision.Tower.Width, configuration.Projection, bias: false);
        builder.Tensor("logit_scale");
        return builder.Build();
    }

    /// <summary>The text tower alone, as Stable Diffusion conditions on it.</summary>
    public static TensorLayout Of(ClipTextConfiguration configuration)
    {
        var builder = new LayoutBuilder();
        Text(builder, configuration);
        return builder.Build();
    }

    private static void Text(LayoutBuilder builder, ClipTextConfiguration configuration)
    {
        builder.Tensor("text_model.embeddings.token_embedding.weight", configuration.Vocabulary, configuration.Tower.Width);
        builder.Tensor("text_model.embeddings.position_embedding.weight", configuration.Context, configuration.Tower.Width);
        Tower(builder, "text_model.encoder", configuration.Tower);
        builder.Norm("text_model.final_layer_norm", configuration.Tower.Width);
    }

    private static void Vision(LayoutBuilder builder, ClipVisionConfiguration configuration)
    {
        var width = configuration.Tower.Width;
        builder.Tensor("vision_model.embeddings.class_embedding", width);
        builder.Tensor("vision_model.embeddings.patch_embedding.weight", width, 3, configuration.PatchSize, configuration.PatchSize);
        builder.Tensor("vision_model.embeddings.position_embedding.weight", configuration.Tokens, width);
        builder.Norm("vision_model.pre_layrnorm", width);
        Tower(builder, "vision_model.encoder", configuration.Tower);
        builder.Norm("vision_model.post_layernorm", width);
    }

    private static void Tower(LayoutBuilder builder, string name, ClipTowerConfiguration tower)
    {
        for (var layer = 0; layer < tower.Layers; layer++)
        {
            var prefix = $"{name}.layers.{layer}";
            builder.Norm($"{prefix}.layer_norm1", tower.Width);
            foreach (var projection in (string[])["q_proj", "k_proj", "v_proj", "out_proj"])
            {
                builder.Linear($"{prefix}.self_attn.{projection}", tower.Width, tower.Width);
            }

            builder.Norm($"{prefix}.layer_norm2", tower.Width);
            builder.Linear($"{prefix}.mlp.fc1", tower.Width, tower.HiddenWidth);
            builder.Linear($"{prefix}.mlp.fc2", tower.HiddenWidth, tower.Width);
        }
    }
}
