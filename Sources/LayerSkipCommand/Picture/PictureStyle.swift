/// The style of a picture, for light and dark pages.
enum PictureStyle {
    /// Colours have a contrast to the text of at least 7. Origins also differ in lightness, or by a line through.
    static let css = """
        text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre;fill:#1f2328}
        .note{font:12px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
        .aside{font-size:10px;text-decoration:line-through}
        .page{fill:#fff;stroke:#d1d9e0}
        .prompt text{fill:#59636e}
        .accepted rect{fill:#aceebb}
        .lookup rect{fill:#f7e3a1}
        .cascade rect{fill:#d3e8a4}
        .lowbit rect{fill:#e3cdf7}
        .written rect{fill:#b6d4ff}
        .rejected rect{fill:#f6e3e1}
        .rejected text{fill:#86342c}
        @media(prefers-color-scheme:dark){
        text{fill:#f0f6fc}
        .page{fill:#0d1117;stroke:#3d444d}
        .prompt text{fill:#9198a1}
        .accepted rect{fill:#14532d}
        .lookup rect{fill:#574a12}
        .cascade rect{fill:#3b5217}
        .lowbit rect{fill:#4a2b66}
        .written rect{fill:#1f4a8a}
        .rejected rect{fill:#33201f}
        .rejected text{fill:#e5aaa4}
        }
        """
}
