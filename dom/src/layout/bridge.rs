//! Our boxes as taffy sees them: children, styles, caches.

use style::Atom;
use taffy::BlockContext;
use taffy::{
    CacheTree, ContainingBlockClaims, CoreStyle, DetailedGridInfo, DetailedLayoutInfo, Layout,
    LayoutBlockContainer, LayoutContainingBlock, LayoutFlexboxContainer, LayoutGridContainer,
    LayoutInput, LayoutOutput, LayoutPartialTree, NodeId, Point, Rect, Size, TraversePartialTree,
};

use super::engine::Engine;
use super::{LayoutStyle, StyleFlags, calc};
use crate::boxes::BoxId;

/// A style as taffy reads it for the box itself, with containing blocks as CSS
/// has them: transforms and filters make some, too.
pub(crate) struct ContainerStyle<'a>(&'a LayoutStyle);

impl CoreStyle for ContainerStyle<'_> {
    type CustomIdent = Atom;

    fn is_containing_block(&self) -> ContainingBlockClaims {
        ContainingBlockClaims {
            absolute: self.0.has(StyleFlags::CONTAINS_ABSOLUTE),
            fixed: self.0.has(StyleFlags::CONTAINS_FIXED),
        }
    }
    fn box_generation_mode(&self) -> taffy::BoxGenerationMode {
        self.0.taffy.box_generation_mode()
    }
    fn is_block(&self) -> bool {
        self.0.taffy.is_block()
    }
    fn is_compressible_replaced(&self) -> bool {
        self.0.taffy.is_compressible_replaced()
    }
    fn is_replaced(&self) -> bool {
        self.0.taffy.item_is_replaced
    }
    fn box_sizing(&self) -> taffy::BoxSizing {
        self.0.taffy.box_sizing
    }
    fn direction(&self) -> taffy::Direction {
        self.0.taffy.direction
    }
    fn overflow(&self) -> Point<taffy::Overflow> {
        self.0.taffy.overflow
    }
    fn scrollbar_width(&self) -> f32 {
        self.0.taffy.scrollbar_width
    }
    fn position(&self) -> taffy::Position {
        self.0.taffy.position
    }
    fn inset(&self) -> Rect<taffy::LengthPercentageAuto> {
        self.0.taffy.inset
    }
    fn size(&self) -> Size<taffy::Dimension> {
        self.0.taffy.size
    }
    fn min_size(&self) -> Size<taffy::LengthPercentageAuto> {
        self.0.taffy.min_size
    }
    fn max_size(&self) -> Size<taffy::LengthPercentageAuto> {
        self.0.taffy.max_size
    }
    fn aspect_ratio(&self) -> Option<f32> {
        self.0.taffy.aspect_ratio
    }
    fn margin(&self) -> Rect<taffy::LengthPercentageAuto> {
        self.0.taffy.margin
    }
    fn padding(&self) -> Rect<taffy::LengthPercentage> {
        self.0.taffy.padding
    }
    fn border(&self) -> Rect<taffy::LengthPercentage> {
        self.0.taffy.border
    }
    fn contain(&self) -> taffy::Contain {
        self.0.taffy.contain
    }
}

impl TraversePartialTree for Engine<'_> {
    type ChildIter<'a>
        = std::iter::Map<std::slice::Iter<'a, BoxId>, fn(&BoxId) -> NodeId>
    where
        Self: 'a;

    fn child_ids(&self, parent: NodeId) -> Self::ChildIter<'_> {
        self.boxes.at(parent.into()).children.iter().map(|id| NodeId::from(*id))
    }
    fn child_count(&self, parent: NodeId) -> usize {
        self.boxes.at(parent.into()).children.len()
    }
    fn get_child_id(&self, parent: NodeId, index: usize) -> NodeId {
        self.boxes.at(parent.into()).children[index].into()
    }
}

impl LayoutPartialTree for Engine<'_> {
    type CoreContainerStyle<'a>
        = ContainerStyle<'a>
    where
        Self: 'a;
    type CustomIdent = Atom;

    fn get_core_container_style(&self, node: NodeId) -> ContainerStyle<'_> {
        ContainerStyle(&self.boxes.at(node.into()).style)
    }
    fn resolve_calc_value(&self, value: *const (), basis: f32) -> f32 {
        calc::resolve(value, basis)
    }
    fn set_unrounded_layout(&mut self, node: NodeId, layout: &Layout) {
        let id = node.into();
        let own = self.boxes.at_mut(id);
        let old = own.geometry;
        if old == *layout {
            return;
        }
        own.geometry = *layout;
        let moved = old.location != layout.location || old.order != layout.order;
        let changed = old.size != layout.size
            || old.border != layout.border
            || old.padding != layout.padding
            || old.scrollable_overflow_rect != layout.scrollable_overflow_rect;
        let parent = own.parent;
        if changed {
            self.boxes.mark_paint(id);
        } else if moved && let Some(parent) = parent {
            self.boxes.mark_paint(parent);
        }
    }
    fn compute_child_layout(&mut self, node: NodeId, inputs: LayoutInput) -> LayoutOutput {
        self.compute(node.into(), inputs, None)
    }
}

impl LayoutContainingBlock for Engine<'_> {
    type OofItemStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;

    fn get_oof_item_style(&self, node: NodeId) -> Self::OofItemStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn clear_hoisted_children(&mut self, node: NodeId) {
        self.boxes.at_mut(node.into()).hoisted.clear();
    }
    fn add_hoisted_children(&mut self, node: NodeId, hoisted: &[NodeId]) {
        let id = BoxId::from(node);
        for child in hoisted {
            let child = BoxId::from(*child);
            self.boxes.at_mut(child).containing = Some(id);
            self.boxes.at_mut(id).hoisted.push(child);
        }
        self.boxes.mark_paint(id);
    }
    fn get_detailed_layout_info(&self, node: NodeId) -> &DetailedLayoutInfo<Atom> {
        self.boxes.at(node.into()).grid.as_deref().unwrap_or(&DetailedLayoutInfo::None)
    }
}

impl CacheTree for Engine<'_> {
    fn cache_get(&mut self, node: NodeId, input: &LayoutInput) -> Option<LayoutOutput> {
        self.boxes.at(node.into()).cache.get(input)
    }
    fn cache_store(&mut self, node: NodeId, input: &LayoutInput, output: LayoutOutput) {
        self.boxes.at_mut(node.into()).cache.store(input, output);
    }
    fn cache_clear(&mut self, node: NodeId) {
        self.boxes.at_mut(node.into()).cache.clear();
    }
}

impl LayoutFlexboxContainer for Engine<'_> {
    type FlexboxContainerStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;
    type FlexboxItemStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;

    fn get_flexbox_container_style(&self, node: NodeId) -> Self::FlexboxContainerStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn get_flexbox_child_style(&self, node: NodeId) -> Self::FlexboxItemStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
}

impl LayoutGridContainer for Engine<'_> {
    type GridContainerStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;
    type GridItemStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;

    fn get_grid_container_style(&self, node: NodeId) -> Self::GridContainerStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn get_grid_child_style(&self, node: NodeId) -> Self::GridItemStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn set_detailed_grid_info(&mut self, node: NodeId, info: DetailedGridInfo<Atom>) {
        self.boxes.at_mut(node.into()).grid =
            Some(Box::new(DetailedLayoutInfo::Grid(Box::new(info))));
    }
}

impl LayoutBlockContainer for Engine<'_> {
    type BlockContainerStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;
    type BlockItemStyle<'a>
        = &'a taffy::Style<Atom>
    where
        Self: 'a;

    fn get_block_container_style(&self, node: NodeId) -> Self::BlockContainerStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn get_block_child_style(&self, node: NodeId) -> Self::BlockItemStyle<'_> {
        &self.boxes.at(node.into()).style.taffy
    }
    fn compute_block_child_layout(
        &mut self,
        node: NodeId,
        inputs: LayoutInput,
        context: Option<&mut BlockContext<'_>>,
    ) -> LayoutOutput {
        self.compute(node.into(), inputs, context)
    }
}
