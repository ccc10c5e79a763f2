// Types of other modules that library users need: sampling options, statistics, recipes, tokenizers, values for
// chat templates, errors.
@_exported public import CheckpointFiles
@_exported public import JinjaTemplates
@_exported public import LanguageModels
@_exported public import ModelHub
@_exported public import ModelTraining
@_exported public import TensorCore
@_exported public import TextTokens
@_exported public import TokenDecoding
